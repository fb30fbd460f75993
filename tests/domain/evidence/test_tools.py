"""Every tool's file gives its numbers, and nothing else of what is in it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from migrations_app.domain.evidence import TOOLS, Report, Unreadable, measure_for
from migrations_app.domain.quantity import Unit
from tests.domain.evidence import files
from tests.domain.evidence.files import as_json

NOON = datetime(2026, 8, 1, 12, tzinfo=UTC)

GOOD: dict[str, bytes] = {
    "k6": as_json(files.k6()),
    "vegeta": as_json(files.vegeta()),
    "locust": as_json([files.locust_entry()]),
    "terraform": as_json(files.terraform()),
    "flyway": as_json(files.flyway()),
    "liquibase": files.LIQUIBASE_BEHIND.encode(),
    "ghost": files.GHOST.encode(),
    "ptosc": files.PTOSC.encode(),
    "chaosmesh": as_json(files.mesh("Selected", "AllInjected", records=("Injected",))),
    "litmus": as_json(files.litmus()),
}


def read(tool: str, body: bytes | None = None) -> Report:
    return TOOLS[tool].read(GOOD[tool] if body is None else body)


def told(report: Report, *names: str) -> dict[str, str]:
    return {name: f"{one.value:g} {one.unit}" for name in names
            if (one := report.measures.get(name))}  # fmt: skip


def test_every_tool_is_tried() -> None:
    assert GOOD.keys() == TOOLS.keys()


def test_k6() -> None:
    found = read("k6")
    assert told(
        found, "http_req_duration.p(95)", "http_req_failed.rate", "http_req_failed.passes",
        "http_reqs.count", "http_reqs.rate", "data_sent.count", "data_sent.rate", "vus.value",
        "thresholds.failed",
    ) == {
        "http_req_duration.p(95)": "420.25 ms", "http_req_failed.rate": "0.0125 ratio",
        "http_req_failed.passes": "50 count", "http_reqs.count": "4000 count",
        "http_reqs.rate": "66.5 1/s", "data_sent.count": "8192 B", "data_sent.rate": "130 1/s",
        "vus.value": "5 count", "thresholds.failed": "2 count",
    }  # fmt: skip
    assert found.samples == 4000


def test_k6_s_other_summary_is_refused_by_name() -> None:
    with pytest.raises(Unreadable, match="--summary-export"):
        read("k6", as_json(files.K6_EXPORT))


def test_vegeta() -> None:
    found = read("vegeta")
    names = ("success", "failure", "latencies.95th", "throughput", "status.5xx", "status.0xx")
    assert told(found, *names) == {
        "success": "0.97 ratio", "failure": "0.03 ratio", "latencies.95th": "3.47863 ms",
        "throughput": "99.5 1/s", "status.5xx": "5 count", "status.0xx": "1 count",
    }  # fmt: skip
    assert found.sampled_at == datetime(2026, 8, 1, 10, 0, 1, 127000, UTC)
    assert found.samples == 200


def test_locust_adds_up_its_entries() -> None:
    other = files.locust_entry(num_requests=10, num_failures=0, total_response_time=100,
                               response_times={"50": 10}, start_time=1785585620.5)  # fmt: skip
    found = read("locust", as_json([files.locust_entry(), other]))
    assert told(found, "failures", "requests", "average", "p50", "p95", "max", "rps") == {
        "failures": "0.09 ratio", "requests": "100 count", "average": "10 ms", "p50": "5 ms",
        "p95": "50 ms", "max": "51 ms", "rps": "1.66667 1/s",
    }  # fmt: skip
    assert found.sampled_at == datetime.fromtimestamp(1785585660.5, UTC)


def test_locust_s_table_has_the_same() -> None:
    found = read("locust", files.LOCUST_CSV.encode())
    assert told(found, "failures", "requests", "average", "p50", "p90", "p99", "rps") == {
        "failures": "0.09 ratio", "requests": "100 count", "average": "10 ms", "p50": "5 ms",
        "p90": "48 ms", "p99": "51 ms", "rps": "1.75 1/s",
    }  # fmt: skip


def test_terraform_counts_what_would_change() -> None:
    found = read("terraform")
    assert {name: one.value for name, one in found.measures.items()} == {
        "changes": 5, "creates": 1, "updates": 1, "deletes": 1, "replaces": 2, "drift": 1,
    }  # fmt: skip
    assert found.sampled_at == NOON
    nothing = read("terraform", as_json(files.terraform(resource_changes=[], resource_drift=[])))
    assert set(nothing.measures.values()) == {nothing.measures["changes"]}
    assert nothing.measures["changes"].value == 0


def test_flyway_and_liquibase() -> None:
    assert {name: one.value for name, one in read("flyway").measures.items()} == {
        "pending": 1, "failed": 1, "missing": 1, "applied": 2,
    }  # fmt: skip
    assert read("liquibase").measures["pending"].value == 3
    assert read("liquibase", files.LIQUIBASE_DONE.encode()).measures["pending"].value == 0


def test_ghost_tells_how_things_stand_at_the_end() -> None:
    assert told(read("ghost"), *read("ghost").measures) == {
        "progress": "34.3 %", "applied": "7 count", "backlog": "3 count", "throttled": "1 count",
        "lag": "1.52 s", "heartbeat_lag": "1.61 s", "eta": "75 s",
    }  # fmt: skip
    first = "\n".join(files.GHOST.splitlines()[:2]).encode()
    assert "eta" not in read("ghost", first).measures, "it does not know yet"


@pytest.mark.parametrize(
    ("lags", "known"),
    [("", set()), ("Lag: 0.02s, ", {"lag"}),
     ("Lag: 0.02s, HeartbeatLag: 0.03s, ", {"lag", "heartbeat_lag"})],
)  # fmt: skip
def test_every_gh_ost_tells_what_it_knows(lags: str, known: set[str]) -> None:
    line = (
        "Copy: 31001/30000 103.3%; Applied: 4; Backlog: 0/1000; Time: 13s(total), 12s(copy); "
        f"streamer: binlog.000067:955093; {lags}State: migrating; ETA: due\n"
    )
    found = read("ghost", line.encode()).measures
    assert found.keys() & {"lag", "heartbeat_lag"} == known
    assert (found["eta"].value, found["throttled"].value) == (0, 0)
    later = read("ghost", line.replace("due", "5h32m18s").encode()).measures
    assert later["eta"].value == 19_938


def test_ptosc() -> None:
    assert told(read("ptosc"), *read("ptosc").measures) == {
        "progress": "64 %", "altered": "0 count", "failed": "0 count", "remaining": "3605 s",
    }  # fmt: skip
    done = read("ptosc", (files.PTOSC + "Successfully altered `shop`.`orders`.\n").encode())
    assert told(done, *done.measures) == {
        "progress": "100 %", "altered": "1 count", "failed": "0 count",
    }  # fmt: skip
    failed = read("ptosc", (files.PTOSC + "`shop`.`orders` was not altered.\n").encode())
    assert failed.measures["failed"].value == 1


def test_chaos_mesh() -> None:
    running = read("chaosmesh").measures
    assert {name: one.value for name, one in running.items()} == {
        "selected": 1, "injected": 1, "recovered": 0, "paused": 0, "targets": 1,
        "not_recovered": 1,
    }  # fmt: skip
    over = files.mesh("Selected", "AllRecovered", records=("Not Injected", "Not Injected"))
    done = read("chaosmesh", as_json(over)).measures
    assert (done["recovered"].value, done["not_recovered"].value, done["targets"].value) == (
        1,
        0,
        2,
    )


@pytest.mark.parametrize(("verdict", "failed"), [("Pass", 0), ("Fail", 1), ("Stopped", 1)])
def test_litmus(verdict: str, failed: int) -> None:
    found = read("litmus", as_json(files.litmus(verdict, 87.5)))
    assert found.measures["failed"].value == failed
    assert told(found, "probe_success") == {"probe_success": "87.5 %"}


BROKEN: list[tuple[str, Any, str]] = [
    ("k6", {"metrics": {}}, "metrics"),
    ("vegeta", files.vegeta(requests=0), "no request"),
    ("vegeta", files.vegeta(success=2), "success"),
    ("locust", [], "no request"),
    ("locust", [{"name": "x"}], "not the JSON of Locust"),
    ("terraform", files.terraform(errored=True), "ended with an error"),
    ("terraform", files.terraform(format_version="2.0"), "version 1"),
    ("terraform", {"format_version": "1.0"}, "not a plan"),
    ("flyway", {"error": {"errorCode": "FAULT", "message": "hunter2"}}, "ended with an error"),
    ("flyway", {"operation": "migrate", "migrations": []}, "flyway info"),
    ("chaosmesh", files.mesh(apiVersion="v1"), "not an experiment"),
    ("chaosmesh", {"apiVersion": "v1", "kind": "List", "items": []}, "status"),
    ("litmus", files.litmus("Awaited"), "has not ended"),
    ("litmus", files.litmus(kind="ChaosEngine"), "not a ChaosResult"),
]


@pytest.mark.parametrize(("tool", "given", "said"), BROKEN)
def test_what_says_nothing_is_refused(tool: str, given: object, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read(tool, as_json(given))


@pytest.mark.parametrize("tool", TOOLS)
@example(body=b"\r\x00")  # what the csv module raises an error of its own for
@given(body=st.binary(max_size=80) | st.sampled_from([b"", b"{}", b"[]", b"null", b"Copy: "]))
def test_anything_else_is_refused_too(tool: str, body: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        read(tool, body)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("tool", TOOLS)
def test_no_secret_leaves_a_file(tool: str) -> None:
    assert "hunter" not in repr(read(tool))


@pytest.mark.parametrize("tool", [tool for tool, body in GOOD.items() if body[:1] in b"[{"])
def test_none_is_in_a_refusal(tool: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(tool, GOOD[tool][:-1])
    assert "hunter" not in str(caught.value)


def test_a_name_that_is_not_there_is_told_with_the_nearest() -> None:
    with pytest.raises(Unreadable, match='Did you mean "failures"'):
        measure_for(read("locust"), "failure")


def test_a_number_is_turned_into_the_check_s_unit_or_refused() -> None:
    failed = measure_for(read("k6"), "http_req_failed.rate\n")
    assert failed.in_unit(Unit.PERCENT) == 1.25
    with pytest.raises(ValueError, match="can't be turned into"):
        failed.in_unit(Unit.MILLISECOND)


def test_what_is_not_finite_is_no_number() -> None:
    body = as_json(files.vegeta()).replace(b"101.5", b"1e999")
    with pytest.raises(Unreadable):
        measure_for(read("vegeta", body), "rate")
