"""An exported timeline is verified without our database, by anybody who noted its last hash."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from migrations_app.domain import export
from migrations_app.domain.plan.bind import digest
from migrations_app.domain.states import Verb
from tests.domain.chronicle import BEGIN, Chronicle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from migrations_app.domain.finding import Finding
    from migrations_app.domain.timeline import Entry

PLAN: dict[str, Any] = {"plan": {"title": "Orders"}, "version": 1}


def chained(entries: Iterable[Entry]) -> list[Entry]:
    """The same entries, each with its hash and that of the entry before."""
    sealed: list[Entry] = []
    for entry in entries:
        linked = replace(entry, prev_hash=sealed[-1].hash if sealed else "", hash="")
        sealed.append(replace(linked, hash=linked.seal()))
    return sealed


def night() -> list[Entry]:
    chronicle = Chronicle(plan_sha256=digest(PLAN))
    for verb in (Verb.START, Verb.SETTLE, Verb.OPEN_GATE, Verb.GO, Verb.ROLL_BACK):
        chronicle.say(verb, 25)
    return chained(chronicle.entries)


def text_of(entries: list[Entry]) -> str:
    head = export.Head(
        run=1, migration="orders", environment="production", state="rolling_back",
        seq=len(entries), head_hash=entries[-1].hash, exported_at=BEGIN, plan=PLAN,
    )  # fmt: skip
    return export.opening(head) + ",\n".join(map(export.line, entries)) + export.CLOSING


def audited(data: dict[str, Any], head: str | None = None) -> list[Finding]:
    return export.audit(export.Document.model_validate(data), head)


def test_what_was_written_is_whole_and_can_be_told() -> None:
    findings = audited(json.loads(text_of(night())), night()[-1].hash)
    assert [one.what for one in findings] == ["chain", "head", "story"]
    assert all(one.ok for one in findings)


def test_entries_come_back_as_they_were_hashed() -> None:
    document = export.Document.model_validate_json(text_of(night()))
    assert [one.entry() for one in document.entries] == night()


def test_a_timeline_without_entries_is_a_document_too() -> None:
    head = export.Head(
        run=1, migration="orders", environment="production", state="planned", seq=0,
        head_hash="", exported_at=BEGIN, plan=PLAN,
    )  # fmt: skip
    text = export.opening(head) + export.CLOSING
    assert export.Document.model_validate_json(text).entries == []


def reworded(data: dict[str, Any]) -> None:
    data["entries"][4]["sentence"] = "nothing happened"


def backdated(data: dict[str, Any]) -> None:
    data["entries"][1]["at"] = "2020-01-01T00:00:00+00:00"


def cut_short(data: dict[str, Any]) -> None:
    del data["entries"][-1]


def cut_in_the_middle(data: dict[str, Any]) -> None:
    del data["entries"][3]


def swapped(data: dict[str, Any]) -> None:
    data["entries"][3:5] = reversed(data["entries"][3:5])


def another_plan(data: dict[str, Any]) -> None:
    data["plan"]["plan"]["title"] = "Something else"


@pytest.mark.parametrize(
    "tamper", [reworded, backdated, cut_short, cut_in_the_middle, swapped, another_plan]
)
def test_what_was_changed_afterwards_shows(tamper: Callable[[dict[str, Any]], None]) -> None:
    data = json.loads(text_of(night()))
    tamper(data)
    assert not all(one.ok for one in audited(data))


def test_a_rewritten_end_shows_to_whoever_noted_the_hash() -> None:
    entries = night()
    noted = entries[-1].hash
    forged = chained([*entries[:-1], replace(entries[-1], sentence="nobody called it")])
    data = json.loads(text_of(forged))
    assert all(one.ok for one in audited(data))
    assert [one.what for one in audited(data, noted) if not one.ok] == ["head"]


def test_a_chain_that_holds_may_still_tell_what_cannot_be() -> None:
    entries = night()
    said = [entry for entry in entries if entry.verb != Verb.SETTLE]
    renumbered = [replace(entry, seq=at) for at, entry in enumerate(said, 1)]
    findings = audited(json.loads(text_of(chained(renumbered))))
    assert [(one.what, one.ok) for one in findings] == [("chain", True), ("story", False)]


def test_a_document_of_another_shape_is_refused() -> None:
    data = json.loads(text_of(night()))
    data["entries"][0]["mood"] = "good"
    with pytest.raises(ValidationError, match="mood"):
        audited(data)
