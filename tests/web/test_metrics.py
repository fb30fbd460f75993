"""The metrics page: what was measured, when what was decided, as much of it as is asked for."""

from __future__ import annotations

import csv
import io
import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from migrations_app.models import Check, Reading, Run
from migrations_app.models.clock import db_now
from migrations_app.reads.metrics import Asked, metrics
from migrations_app.sources.fake.script import FaultKind
from migrations_app.sources.fake.source import FakeConfig, FakeSource
from tests.web import build

if TYPE_CHECKING:
    from tests.web.build import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def one() -> World:
    """Two minutes into its first phase, with readings of two checks."""
    found = build.ready()
    Run.objects.filter(pk=found.run_id).update(started_at=db_now() - timedelta(minutes=2))
    taken(found, "errors", [0.1, 0.2, None, 0.4, 7.0])
    taken(found, "p95", [180.0, 190.0, 200.0], blue=200.0)
    return found


def taken(one: World, name: str, values: list[float | None], blue: float | None = None) -> None:
    """Readings five seconds apart, the last one five seconds ago."""
    end = db_now()
    for at, value in enumerate(values):
        beside = {} if blue is None else {"baseline": {"value": blue}, "blue": {"value": blue}}
        Reading.objects.create(
            run_id=one.run_id, check_name=name, leg=1, evidence=beside, value=value, blue=blue,
            at=end - timedelta(seconds=5 * (len(values) - at)), outcome="ok",
            status="NO_DATA" if value is None else "FAIL" if value == 7.0 else "PASS",
        )  # fmt: skip


def client(one: World, name: str = "otto") -> Client:
    browser = Client()
    browser.force_login(one.users[name])
    return browser


def test_every_check_is_drawn_with_its_rule(one: World) -> None:
    page = client(one).get(f"/runs/{one.run_id}/metrics/").content.decode()
    for title in ("Failed requests", "p95 response time", "Replication lag"):
        assert f"<h2>{title}</h2>" in page
    assert "&gt; 0.3 %" in page
    assert page.count('class="line green"') == 3, "errors has a gap: two stretches, and p95 one"
    assert page.count('class="line blue"') == 1
    assert "No readings in this window." in page, "nobody read the lag"


def test_what_failed_and_what_nobody_knew_is_marked(one: World) -> None:
    errors, p95, _ = metrics(one.run_id, Asked()).charts
    assert [spell.failed for spell in errors.plot.spells] == [False, True]
    assert p95.plot.spells == ()


def test_a_limit_beside_blue_is_drawn_where_it_was(one: World) -> None:
    _, p95, _ = metrics(one.run_id, Asked()).charts
    (limit,) = p95.plot.limits
    assert len({pair.split(",")[1] for pair in limit.split()}) == 1
    assert p95.labels[-1][1] == "260 ms", (
        "the limit of 250 ms is in sight, though nothing got there"
    )


def test_decisions_and_weights_stand_on_the_ruler_and_lead_to_the_timeline(one: World) -> None:
    Run.objects.filter(pk=one.run_id).update(started_at=None)
    shown = metrics(one.run_id, Asked())
    labels = [flag.mark.label for flag in shown.ruler.flags]
    assert labels.count("Start") == 1
    assert labels.count("5 %") == 2
    assert [strip.band.title for strip in shown.ruler.strips] == ["Canary 5 %"]
    page = client(one).get(f"/runs/{one.run_id}/metrics/").content.decode()
    assert f'/runs/{one.run_id}/timeline/{shown.ruler.flags[0].mark.seq}/"' in page


def test_a_shorter_window_shows_less(one: World) -> None:
    end = db_now()
    window = {"from": (end - timedelta(seconds=17)).isoformat(), "to": end.isoformat()}
    browser = client(one)
    page = browser.get(f"/runs/{one.run_id}/metrics/", window)
    assert len(page.context["metrics"].charts[0].buckets) == 3
    rows = body(browser.get(f"/runs/{one.run_id}/metrics.csv", window))
    assert len(rows) == 1 + 3 + 3


def body(response: object) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(text)))


def test_readings_can_be_taken_away(one: World) -> None:
    head, *rows = body(client(one).get(f"/runs/{one.run_id}/metrics.csv"))
    assert head == ["at", "check", "outcome", "green", "blue", "verdict"]
    assert len(rows) == 8
    assert [row[3] for row in rows if row[1] == "errors"] == ["0.1", "0.2", "", "0.4", "7.0"]
    assert all(datetime.fromisoformat(row[0]).tzinfo for row in rows)


@pytest.mark.parametrize("query", [
    {"from": "yesterday", "to": "99"}, {"last": "1y"}, {"from": "\x00"},
    {"from": "0001-01-01T00:00:00+14:00"}, {"to": "9999-12-31T23:59:59-12:00"},
    {"from": "2100-01-01", "to": "1990-01-01"}, {"to": "1990-01-01"}, {"last": "5m"},
    {"from": "2026-01-01T00:00:00"},
])  # fmt: skip
def test_any_window_is_answered(one: World, query: dict[str, str]) -> None:
    shown = client(one).get(f"/runs/{one.run_id}/metrics/", query)
    assert shown.status_code == 200
    window, whole = shown.context["metrics"].window, shown.context["metrics"].whole
    assert window.start < window.end <= whole.end
    assert window.start >= whole.start - timedelta(hours=1)


def test_a_live_run_is_followed_and_a_closer_look_is_not(one: World) -> None:
    browser = client(one)
    assert "every 10s" in browser.get(f"/runs/{one.run_id}/metrics/").content.decode()
    past = {"to": (db_now() - timedelta(minutes=1)).isoformat()}
    assert "every 10s" not in browser.get(f"/runs/{one.run_id}/metrics/", past).content.decode()
    headers = {"HX-Request": "true", "HX-Target": "charts"}
    part = browser.get(f"/runs/{one.run_id}/metrics/", headers=headers).content.decode()
    assert "<html" not in part
    assert 'class="ruler"' in part


def test_as_many_queries_for_ten_thousand_readings(
    one: World, django_assert_max_num_queries: object
) -> None:
    start = db_now() - timedelta(minutes=2)
    Reading.objects.bulk_create(
        Reading(
            run_id=one.run_id, check_name="lag", leg=1, outcome="ok", value=float(at % 97),
            at=start + timedelta(milliseconds=10 * at), status="PASS", evidence={},
        )
        for at in range(10_000)
    )  # fmt: skip
    with django_assert_max_num_queries(7):  # type: ignore[operator]
        shown = metrics(one.run_id, Asked())
    lag = shown.charts[2]
    assert len(lag.buckets) <= 301
    assert max(one.high for one in lag.buckets if one.high is not None) == 96.0


def test_a_stranger_finds_nothing(one: World) -> None:
    browser = client(one, "stranger")
    for path in ("metrics/", "metrics.csv", "metrics/errors/past"):
        assert browser.get(f"/runs/{one.run_id}/{path}").status_code == 404


def source_of(one: World) -> FakeSource:
    sources = Run.objects.get(pk=one.run_id).migration.plan["environments"]["rehearsal"]["sources"]
    return FakeSource(FakeConfig(name=sources["metrics"]["config"]["name"]))


def test_the_source_tells_how_it_was_before(one: World) -> None:
    source_of(one).set("errors", 0.2, since=db_now() - timedelta(hours=1))
    browser = client(one)
    page = browser.get(f"/runs/{one.run_id}/metrics/errors/past", {"span": "5m"})
    found = page.context["past"]
    assert found.problem == ""
    assert found.window.span == timedelta(minutes=5)
    assert [path.side for path in found.plot.paths] == ["green"]
    assert "<html" in page.content.decode()
    part = browser.get(f"/runs/{one.run_id}/metrics/errors/past", headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()


def test_a_source_that_fails_says_so_where_its_past_would_be(one: World) -> None:
    source_of(one).fail(FaultKind.ERROR)
    page = client(one).get(f"/runs/{one.run_id}/metrics/errors/past").content.decode()
    assert "Its source can't tell: the fake source was told to fail" in page


def test_a_source_that_hangs_is_left_behind(one: World, monkeypatch: pytest.MonkeyPatch) -> None:
    enough = threading.Event()
    monkeypatch.setattr(FakeSource, "history", lambda *_: enough.wait(60) and [])
    monkeypatch.setattr("migrations_app.conductor.history.PATIENCE_S", 0.05)
    page = client(one).get(f"/runs/{one.run_id}/metrics/errors/past").content.decode()
    enough.set()
    assert "metrics did not answer within" in page


def test_there_is_no_past_of_a_check_that_is_none(one: World) -> None:
    assert client(one).get(f"/runs/{one.run_id}/metrics/nosuch/past").status_code == 404


def test_a_captured_baseline_draws_its_limit(one: World) -> None:
    checks = [{**check, "source": "metrics", "query": check["name"]} for check in build.CHECKS]
    checks[1] = {"name": "p95", "source": "metrics", "query": "p95", "unit": "ms",
                 "baseline": {"kind": "captured"}, "fail_when": "> +25 % vs baseline"}  # fmt: skip
    other = build.ready(checks=checks)
    taken(other, "p95", [180.0, 190.0])
    Check.objects.filter(run=other.run_id, name="p95").update(baseline={"value": 200.0})
    (limit,) = metrics(other.run_id, Asked()).charts[1].plot.limits
    assert limit.startswith("0,")


def test_a_burn_rate_is_drawn_as_what_was_read_an_error_ratio() -> None:
    burn = {
        "name": "errors", "source": "metrics", "query": "ratio", "unit": "x", "fail_when": "> 14 x",
        "burn": {"slo": "99.9 %", "long": "1h", "short": "5m"},
    }  # fmt: skip
    checks = [burn] + [{"source": "metrics", "query": "q", **one} for one in build.CHECKS[1:]]
    found = build.ready(checks=checks)
    Run.objects.filter(pk=found.run_id).update(started_at=db_now() - timedelta(minutes=2))
    taken(found, "errors", [0.01, 0.02, 0.04])
    [drawn] = [one for one in metrics(found.run_id, Asked()).charts if one.name == "errors"]
    assert [label for _, label in drawn.labels] == ["4 %", "2 %", "0 %"][::-1]
    assert "from 1 % to 4 %" in drawn.summary
