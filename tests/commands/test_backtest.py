"""`manage.py backtest`, on a source from a script: what would have happened, in words and drawn."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.actions.rollback import Back
from migrations_app.conductor.rollback import roll_back
from migrations_app.sources.fake.script import FaultKind
from migrations_app.sources.fake.source import FakeConfig, FakeSource
from tests.build import gate, phase, plan_data
from tests.commands.run import manage
from tests.conductor.conftest import house  # noqa: F401 (a fixture)
from tests.conductor.test_rollback import at_half

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.run import Said
    from tests.conductor.conftest import House

pytestmark = pytest.mark.django_db

T0 = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
_NUMBERS = itertools.count(1)


class Book:
    """A runbook in a file, and the source it reads."""

    def __init__(self, directory: Path, **changes: Any) -> None:
        name = f"backtest-{next(_NUMBERS)}"
        self.source = FakeSource(FakeConfig(name=name))
        errors = {**plan_data()["checks"][0], "hold": "30s"}
        data = plan_data(
            checks=[errors], rollback={"expected": "40s"},
            phases=[phase("half", 50) | {"gate": gate("dri", checks=["errors"])}],
        ) | changes  # fmt: skip
        data["environments"]["rehearsal"]["sources"]["metrics"] = {
            "kind": "fake", "config": {"name": name}, "interval": "5s",
        }  # fmt: skip
        self.data = data
        self.file = directory / "book.yaml"
        self.write()

    def write(self) -> None:
        self.file.write_text(json.dumps(self.data))

    def breach(self, text: str = "errors", bad: float = 0.02) -> None:
        """Well from 02:00, bad from 02:10 for five minutes."""
        self.source.set(text, 0.0, T0)
        self.source.set(text, bad, T0 + 10 * MINUTE)
        self.source.set(text, 0.0, T0 + 15 * MINUTE)

    def run(self, *words: object, start: str = "2026-03-01T02:00", end: str = "") -> Said:
        to = end or "2026-03-01T02:30"
        asked = ("--environment", "rehearsal", "--from", start, "--to", to)
        return manage("backtest", self.file, *asked, *words)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def test_a_breach_is_told_with_when_for_how_long_and_how_long_back(book: Book) -> None:
    book.breach()
    said = book.run()
    assert said.failed == ""
    assert "would have acted at 02:10:30 UTC; bad since 02:10:00, FAIL for 4 m 30 s" in said.out
    assert (
        "30 s until it fails + up to 5 s until it is read + 40 s back on BLUE (planned)" in said.out
    )
    assert "= 1 m 15 s, within the RTO of 2 m" in said.out
    [strip] = [line for line in said.lines if line.startswith("errors") and "█" in line]
    assert strip.count("█") in {9, 10, 11}, "4.5 of 30 minutes on 64 signs"
    assert "abort and gate" in said.out


def test_a_night_without_a_breach_is_well(book: Book) -> None:
    book.source.set("errors", 0.001)
    said = book.run()
    assert said.failed == ""
    assert "✔ errors: would not have acted" in said.out


def test_a_longer_step_is_taken_and_told(book: Book) -> None:
    book.breach()
    said = book.run("--step", "15s")
    assert "metrics was read every 15 s, live it is every 5 s" in said.out
    assert "bad since 02:10:00" in said.out
    finer = book.run("--step", "1s")
    assert "was read every" not in finer.out, "finer than live there is nothing to see"


def test_what_is_unknown_holds_up_go_and_does_not_act(book: Book) -> None:
    book.source.set("errors", 0.0, T0 + 10 * MINUTE)
    said = book.run()
    assert "?" * 15 in said.out
    assert "would not have acted" in said.out
    row = next(line for line in said.lines if "abort and gate" in line)
    assert row.split()[-2:] == ["10", "m"], "nobody could have gone on"


def test_what_can_t_be_told_is_said_with_its_reason(tmp_path: Path) -> None:
    first = plan_data()["checks"][0]
    checks = [
        first,
        {**first, "name": "spent", "unit": "%", "query": "ratio", "fail_when": "> 10 %",
         "budget": {"slo": "99.9 %", "window": "30d"}},
        {**first, "name": "since", "query": "sum(x[${elapsed}])"},
        {**first, "name": "smoke", "source": "ci"},
        {**first, "name": "broken", "query": "broken"},
    ]  # fmt: skip
    book = Book(tmp_path, checks=checks)
    book.data["environments"]["rehearsal"]["sources"]["ci"] = {"kind": "pushed"}
    book.write()
    book.source.set("errors", 0.0)
    book.source.fail(FaultKind.INVALID, "broken")
    said = book.run()
    assert said.failed == ""
    for name, why in {
        "spent": "since the start of a run", "since": "since the start of a run",
        "smoke": "pushed by a pipeline", "broken": "metrics could not tell",
    }.items():  # fmt: skip
        assert any(
            f"! {name}: can't be backtested" in line and why in line for line in said.lines
        ), name
    assert "✔ errors" in said.out


def test_the_page_needs_nothing_beside_itself(book: Book, tmp_path: Path) -> None:
    book.breach()
    said = book.run("--html", tmp_path / "night.html")
    assert "drawn in" in said.out
    page = (tmp_path / "night.html").read_text()
    assert "<svg" in page
    assert 'class="failed"' in page
    assert "Would have acted at 02:10:30 UTC" in page
    for outside in ("http://", "https://", "url(", "<script", "@import", "src="):
        assert outside not in page, outside


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"--from": "2026-03-01T03:00"}, "has to be before --to"),
        ({"--to": "2999-01-01"}, "is in the future"),
        ({"--from": "yesterday"}, '"yesterday" is no moment'),
        ({"--environment": "staging"}, 'there is no environment "staging"'),
        ({"--step": "often"}, "often"),
        ({"--step": "0s"}, "is no length of time"),
        ({"--from": "2025-01-01"}, "too many; read every"),
        ({"--html": "/nowhere/at/all.html"}, "can't be written"),
    ],
)
def test_what_can_t_be_asked_is_said_plainly(book: Book, words: dict[str, str], why: str) -> None:
    book.source.set("errors", 0.0)
    asked = {
        "--environment": "rehearsal", "--from": "2026-03-01T02:00", "--to": "2026-03-01T02:30",
    } | words  # fmt: skip
    said = manage("backtest", book.file, *itertools.chain(*asked.items()))
    assert why in said.failed


def test_a_range_in_which_nobody_knew_anything_is_an_error(book: Book) -> None:
    said = book.run()
    assert "No source has anything between 2026-03-01 02:00:00 and" in said.failed
    assert "keeps nothing that old" in said.failed


def test_a_missing_secret_is_named_and_not_shown(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("METRICS_NAME", raising=False)
    config = {"name": "${env:METRICS_NAME}"}
    book.data["environments"]["rehearsal"]["sources"]["metrics"]["config"] = config
    book.write()
    assert "METRICS_NAME" in book.run().failed


@pytest.mark.parametrize("plan", ["nowhere.yaml", "no-such-migration"])
def test_a_plan_that_is_not_there_is_said(plan: str) -> None:
    said = manage("backtest", plan, "--environment", "rehearsal", "--from", "2h")
    assert said.failed


def test_a_measured_rollback_is_used_once_there_is_one(house: House, tmp_path: Path) -> None:  # noqa: F811
    made = at_half(house)
    book = Book(tmp_path)
    book.breach()
    assert "back on BLUE (planned)" in book.run().out
    roll_back(made.run_id, made.lee, Back())
    assert "back on BLUE (measured)" in book.run().out
