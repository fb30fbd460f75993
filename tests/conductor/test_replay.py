"""Runs on the real engine, judged again from their rows: they agree, until somebody spoils them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.actions import resume
from migrations_app.actions.amend import amend
from migrations_app.actions.observe import Seen, Slot, observe
from migrations_app.actions.rollback import Back
from migrations_app.conductor.rollback import roll_back
from migrations_app.domain.actor import Click
from migrations_app.domain.reading import Outcome
from migrations_app.domain.reading import Reading as Answer
from migrations_app.domain.states import State
from migrations_app.domain.verdict import judge, trust
from migrations_app.domain.verdict.evidence import Evidence
from migrations_app.models import Check, Event, Migration, Reading, Run, SourceTick
from migrations_app.models.clock import db_now
from migrations_app.reads.replay import replay
from migrations_app.sources.fake.script import FaultKind
from tests.build import CLICK, gate, phase, plan_data
from tests.commands.run import manage

if TYPE_CHECKING:
    from pathlib import Path

    from tests.build import Room
    from tests.conductor.conftest import House

pytestmark = pytest.mark.django_db


def check(**changes: Any) -> dict[str, Any]:
    first: dict[str, Any] = plan_data()["checks"][0]
    return first | changes


BAKED = check(name="p95", query="p95", unit="ms", fail_when=None, pass_when="< 250 ms")
RELATIVE = check(
    name="lag", query="lag", unit="s", fail_when="> +20 % vs baseline", baseline="captured"
)


def night(house: House) -> Room:
    """A breach that rolls back by itself, a new leg, faults, an amendment, and a click."""
    house.source.set("p95", 200.0)
    house.source.set("lag", 2.0)
    gated = phase("half", 50) | {"gate": gate("dri", checks=["p95"])}
    plan = {"checks": [check(), BAKED, RELATIVE], "phases": [gated, phase("all", 100)]}
    made = house.started(**plan)
    house.settle(made)
    house.source.set("errors", 0.02)
    house.read(made)
    assert made.run.state == State.ROLLED_BACK
    house.source.set("errors", 0.0)
    house.read(made)
    resume.resume(made.run_id, made.ana, CLICK, "half")
    house.settle(made)
    for fault in (FaultKind.NAN, FaultKind.EMPTY, FaultKind.ERROR):
        house.source.fail(fault, "p95")
        house.read(made)
        house.source.heal()
    data = plan_data(
        **plan | {"checks": [check(fail_when="> 1 %"), BAKED, RELATIVE]},
        environments=house.environments(), routes=[{"name": "web"}],
    )  # fmt: skip
    Migration.objects.filter(pk=made.run.migration_id).update(plan=data)
    amend(made.run_id, made.ana, Click(reason="too tight"))
    house.source.set("lag", 2.5)
    for _ in range(2):
        house.read(made)
    assert made.run.leg == 2
    return made


def test_a_night_with_everything_in_it_is_judged_the_same_again(house: House) -> None:
    made = night(house)
    found = replay(made.run_id)
    assert [str(one) for one in found.every] == []
    assert found.readings == Reading.objects.count()
    assert (found.unjudged, found.frozen > 3) == (0, True)
    changed = sum(len(one.changes) for one in found.checks)
    assert changed >= Event.objects.filter(kind="verdict").count() > 5


def test_a_run_that_is_live_and_one_that_never_read_can_be_judged_too(house: House) -> None:
    made = house.started()
    assert replay(made.run_id).every == []
    house.read(made)
    assert replay(made.run_id).every == []


def _nan_is_zero(answer: Any) -> Any:
    def lenient(one: Answer | None, whose: str) -> Any:
        unknown = one is not None and one.outcome is Outcome.NOT_FINITE
        return (0.0, db_now()) if unknown else answer(one, whose)

    return lenient


def test_nan_that_passes_is_seen(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    made = night(house)
    monkeypatch.setattr(trust, "_answer", _nan_is_zero(trust._answer))
    told = [str(one) for one in replay(made.run_id).every]
    assert any("p95: recorded NO_DATA, judged again it is PASS" in one for one in told), told


def test_a_judge_that_forgets_its_last_flip_is_seen(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Judged live without looking at when the flip settled; the judge of today looks."""
    made = house.started(checks=[check(pass_when="< 1 %", fail_when=None, hold="10s")])
    with monkeypatch.context() as buggy:
        buggy.setattr(
            "migrations_app.actions.observe.step",
            lambda rule, memory, evidence, _settled: judge.step(rule, memory, evidence, None),
        )
        house.read(made)
        Run.objects.filter(pk=made.run_id).update(settled_at=db_now())
        tick = SourceTick.objects.get(run_id=made.run_id)
        old = Answer("errors:value", "errors", Outcome.OK, 0.0, made.run.started_at)
        slot = Slot(tick.pk, tick.slot + 1, made.run_id, 1, made.run.plan_sha256)
        assert observe(slot, [Seen("errors", Evidence(db_now(), old))])
    told = [str(one) for one in replay(made.run_id).every]
    assert any("judged again it is NO_DATA" in one for one in told), told


def test_two_workers_that_read_at_once_are_judged_one_after_the_other(house: House) -> None:
    """Each had read the check's row before the other wrote it. No bad reading may be lost."""
    made = house.started(checks=[check(consecutive=2)])
    tick = SourceTick.objects.get(run_id=made.run_id)
    for number in (1, 2):
        at = db_now()
        bad = Answer("errors:value", "errors", Outcome.OK, 0.5, at)
        slot = Slot(tick.pk, tick.slot + number, made.run_id, 1, made.run.plan_sha256)
        assert observe(slot, [Seen("errors", Evidence(at, bad))])
    memory = Check.objects.get(run_id=made.run_id).memory
    assert memory["streak"]["bad"] is True
    assert memory["at"] > memory["streak"]["since"], "the first of both is remembered"
    assert replay(made.run_id).every == []


def test_what_was_read_under_a_plan_that_was_amended_since_is_not_recorded(house: House) -> None:
    made = house.started()
    tick = SourceTick.objects.get(run_id=made.run_id)
    now = db_now()
    seen = [Seen("errors", Evidence(now, Answer("errors:value", "errors", Outcome.OK, 0.5, now)))]
    assert not observe(Slot(tick.pk, tick.slot + 1, made.run_id, 1, "the plan before"), seen)
    assert not Reading.objects.exists()


def test_the_command_says_per_check_what_it_found(house: House) -> None:
    made = night(house)
    said = manage("replay", made.run_id)
    assert said.failed == ""
    assert "✔ errors: " in said.out
    assert "all agree" in said.out
    row = Check.objects.get(run_id=made.run_id, name="lag")
    row.memory["at"] = None
    row.save(update_fields=["memory"])
    said = manage("replay", made.run_id, "--changes")
    assert "✘ lag: " in said.out
    assert "PASS → FAIL: " in said.out
    assert "its row remembers something else" in said.out
    assert said.failed == "What was recorded is not what the judge says of it."


def test_an_export_with_readings_is_judged_without_the_database(
    house: House, tmp_path: Path
) -> None:
    made = night(house)
    roll_back(made.run_id, made.lee, Back(reason="enough"))
    file = tmp_path / "run.json"
    assert manage("replay", made.run_id, "--save", file).failed == ""
    said = manage("replay", "--file", file)
    assert (said.failed, "all agree" in said.out) == ("", True)
    assert manage("verify", "--file", file).failed == ""
    text = file.read_text()
    file.write_text(text.replace('"status": "FAIL", "evidence"', '"status": "PASS", "evidence"'))
    said = manage("replay", "--file", file)
    assert "recorded PASS, judged again it is FAIL" in said.out
    assert said.failed


def test_an_export_without_readings_says_what_can_be_told_from_it(
    house: House, tmp_path: Path
) -> None:
    made = night(house)
    file = tmp_path / "run.json"
    manage("replay", made.run_id, "--save", file)
    text = file.read_text()
    file.write_text(text[: text.index('\n],\n "readings"')] + "\n]}\n")
    said = manage("replay", "--file", file)
    assert "This export has no readings" in said.out
    assert said.failed == ""
    document = json.loads(file.read_text())
    frozen = [one for entry in document["entries"] for one in _seen(entry)]
    for one in frozen:
        one["status"] = "PASS"
    file.write_text(json.dumps(document))
    said = manage("replay", "--file", file)
    assert "its own reading is bad" in said.out


def _seen(entry: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = entry["payload"].get("evidence", {}).get("checks", [])
    return found


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["999"], "There is no run 999."),
        (["--file", "nowhere.json"], "can't be read"),
        (["--file", "pyproject.toml"], "is no export"),
        (["--file", "x.json", "--save", "y.json"], "not a file"),
    ],
)
def test_what_can_t_be_replayed_is_said_plainly(words: list[str], why: str) -> None:
    assert why in manage("replay", *words).failed
