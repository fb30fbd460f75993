"""A tool's result file becomes the one number that a check asks for, by API and by command."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.actions.evidence_file import LONGEST
from migrations_app.models import Event, Pushed
from migrations_app.models.clock import db_now
from migrations_app.reads.tokens import Scope
from tests.api.caller import caller
from tests.build import Room, started
from tests.commands.run import manage
from tests.domain.evidence import files

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db(transaction=True)


def check(name: str, query: str, unit: str) -> dict[str, Any]:
    return {"name": name, "source": "ci", "query": query, "unit": unit, "fail_when": "> 1"}


def room() -> Room:
    checks = [
        check("load", "http_req_failed.rate", "%"),
        check("slow", "latencies.95th", "s"),
        check("drift", "drift", "count"),
        {**check("errors", "failure", "ratio"), "source": "metrics"},
    ]
    sources = {"ci": {"kind": "pushed"}, "metrics": {"kind": "fake"}}
    routes = {"web": {"driver": "fake", "config": {"name": "web"}}}
    rehearsal = {"kind": "rehearsal", "routes": routes, "sources": sources}
    return started(checks=checks, abort=[], environments={"rehearsal": rehearsal})


def push(made: Room, tool: str, query: str, body: object, **headers: str) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    path = f"/runs/{made.run_id}/evidence/{tool}?{query}"
    return caller("raj", Scope.EVIDENCE).post(path, raw, **headers)


def test_the_check_says_which_number_and_in_what() -> None:
    made = room()
    done = push(made, "k6", "check=load&expires=30m", files.k6())
    assert (done.status_code, done.json()["sentence"]) == (200, "Evidence for load pushed by raj")
    row = Pushed.objects.get()
    assert (row.value, row.samples) == (1.25, 4000)
    assert row.expires_at - row.sampled_at == timedelta(minutes=30)
    event = Event.objects.get(kind="evidence_pushed")
    assert event.payload["tool"] == "k6"
    assert len(event.payload["file"]) == 64


def test_it_counts_from_when_it_was_measured() -> None:
    made = room()
    old = push(made, "vegeta", "check=slow", files.vegeta())
    assert (old.status_code, old.json()["code"]) == (422, "expired")
    ended = db_now() - timedelta(minutes=10)
    done = push(made, "vegeta", "check=slow", files.vegeta(end=ended.isoformat()))
    assert done.status_code == 200
    assert Pushed.objects.get().sampled_at == ended
    assert Pushed.objects.get().value == pytest.approx(0.003478629)


def test_a_clock_a_little_ahead_means_now() -> None:
    made = room()
    near, far = db_now() + timedelta(seconds=30), db_now() + timedelta(hours=1)
    done = push(made, "vegeta", "check=slow", files.vegeta(end=near.isoformat()))
    assert done.status_code == 200
    assert Pushed.objects.get().sampled_at <= db_now()
    refused = push(made, "vegeta", "check=slow", files.vegeta(end=far.isoformat()))
    assert refused.json()["code"] == "expired"


@pytest.mark.parametrize(
    ("tool", "query", "body", "code", "said"),
    [
        ("vegata", "check=load", files.k6(), "unknown_tool", 'Did you mean "vegeta"'),
        ("k6", "check=loda", files.k6(), "unknown_check", 'Did you mean "load"'),
        ("k6", "check=load", b"not json", "unreadable", "handleSummary"),
        ("k6", "check=drift", files.k6(), "unreadable", 'no "drift"'),
        ("terraform", "check=drift", files.terraform(errored=True), "unreadable", "error"),
        ("k6", "check=load&expires=soon", files.k6(), "invalid", "duration"),
        ("k6", "check=load&expires=0s", files.k6(), "invalid", "expires"),
        ("k6", "", files.k6(), "invalid", "check"),
    ],
)
def test_what_can_t_be_taken_in_is_said(
    tool: str, query: str, body: object, code: str, said: str
) -> None:
    refused = push(room(), tool, query, body)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert said in refused.json()["message"]
    assert Pushed.objects.count() == 0


def test_a_number_of_another_kind_is_refused() -> None:
    body = files.k6()
    body["metrics"]["http_req_failed"] |= {"type": "trend", "contains": "time"}
    refused = push(room(), "k6", "check=load", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "unit")


def test_a_check_of_another_source_takes_none() -> None:
    refused = push(room(), "vegeta", "check=errors", files.vegeta(end=db_now().isoformat()))
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_check")
    assert "Checks that do: load, slow, drift" in refused.json()["message"]


def test_the_same_key_counts_once_whenever_it_comes() -> None:
    made = room()
    first = push(made, "k6", "check=load", files.k6(), Idempotency_Key="build-7")
    again = push(made, "k6", "check=load", files.k6(), Idempotency_Key="build-7")
    assert first.json()["seq"] == again.json()["seq"]
    assert Pushed.objects.count() == 1
    other = push(made, "k6", "check=load", files.k6(options=1), Idempotency_Key="build-7")
    assert other.status_code == 422


def test_a_plan_with_secrets_leaves_counts_alone() -> None:
    made = room()
    plan = files.terraform(timestamp=db_now().isoformat())
    assert push(made, "terraform", "check=drift", plan).status_code == 200
    assert Pushed.objects.get().value == 1
    kept = str(list(Event.objects.values_list("payload", "sentence")))
    assert "hunter" not in kept


def test_a_file_may_be_larger_than_words_and_is_bounded() -> None:
    made = room()
    large = json.dumps(files.k6()).encode() + b" " * 3_000_000
    assert push(made, "k6", "check=load", large).status_code == 200
    assert push(made, "k6", "check=load", b" " * (LONGEST + 1)).status_code == 413


def test_it_takes_the_scope_and_a_role() -> None:
    made = room()
    path = f"/runs/{made.run_id}/evidence/k6?check=load"
    assert caller("raj", Scope.READ).post(path, files.k6()).status_code == 403
    assert caller("raj", Scope.EVIDENCE).post(path, files.k6()).status_code == 200


def test_the_command_does_the_same(tmp_path: Path) -> None:
    made = room()
    (tmp_path / "summary.json").write_text(json.dumps(files.k6()))
    words = ("evidence", made.run_id, "load", "--tool", "k6", "--by", "raj")
    said = manage(*words, "--file", tmp_path / "summary.json", "--expires", "2h")
    assert said.failed == ""
    assert "Evidence for load pushed by raj: 1.25" in said.out
    assert Pushed.objects.get().expires_at > db_now() + timedelta(minutes=119)
    missing = manage(*words, "--file", tmp_path / "nothing.json")
    assert "can't be read" in missing.failed
    wrong = manage("evidence", made.run_id, "slow", "--tool", "k6", "--by", "raj",
                   "--file", tmp_path / "summary.json")  # fmt: skip
    assert 'There is no "latencies.95th" in the file.' in wrong.failed
