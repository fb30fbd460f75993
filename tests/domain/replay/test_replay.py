"""Whatever is judged live and recorded is judged the same again; and a bug put back is seen."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.quantity import Unit
from migrations_app.domain.reading import Outcome, Reading
from migrations_app.domain.timeline import Kind
from migrations_app.domain.verdict import judge, trust
from migrations_app.domain.verdict.evidence import Evidence
from migrations_app.domain.verdict.outcome import Status
from migrations_app.domain.verdict.stored import evidence_from, evidence_json
from tests.domain.replay.live import Live, plan
from tests.domain.verdict.made import T0, reading, seconds

if TYPE_CHECKING:
    from datetime import datetime

    import pytest

RULES: list[dict[str, Any]] = [
    {"fail_when": "> 5 s", "unit": Unit.SECOND},
    {"fail_when": "> 5 s", "unit": Unit.SECOND, "hold": "12s"},
    {"fail_when": "> 5 s", "unit": Unit.SECOND, "consecutive": 3},
    {"fail_when": "> 5 s", "unit": Unit.SECOND, "hold": "30s", "fraction": "50 %"},
    {"fail_when": None, "pass_when": "< 5 s", "unit": Unit.SECOND, "hold": "12s"},
    {"fail_when": None, "pass_when": "< 5 s", "unit": Unit.SECOND, "min_samples": 3,
     "samples_query": "n"},
    {"fail_when": "> +20 % vs baseline", "unit": Unit.SECOND, "baseline": "captured"},
]  # fmt: skip

PLANS = [plan(abort=False, **rule) for rule in RULES]

values = st.sampled_from([0.0, 4.9, 5.0, 5.000001, 9.0, math.nan, math.inf, None])
pauses = st.sampled_from([0.3, 2.5, 5.0, 5.0, 5.0, 7.0, 10.001, 30.0])
odd = st.sampled_from([*Outcome])


@st.composite
def readings(draw: st.DrawFn, at: datetime) -> Reading | None:
    value = draw(values)
    if value is None:
        outcome = draw(odd.filter(lambda one: one is not Outcome.OK))
        return draw(st.none() | st.just(Reading("k", "q", outcome, detail="why\x00not")))
    return Reading("k", "q", Outcome.OK, value, at - seconds(draw(pauses)))


@st.composite
def evidences(draw: st.DrawFn, at: datetime) -> Evidence:
    value = draw(readings(at)) or Reading("k", "q", Outcome.EMPTY)
    blue, baseline, samples, short = (draw(readings(at)) for _ in range(4))
    elapsed = draw(st.none() | st.timedeltas(timedelta(0), timedelta(days=40)))
    return Evidence(at, value, blue, baseline, samples, short, elapsed)


@st.composite
def nights(draw: st.DrawFn) -> Live:
    """Ticks, flips, decisions, new legs and amendments in any order."""
    live, at = Live(draw(st.sampled_from(PLANS))), T0
    acts = st.sampled_from(["see"] * 12 + ["flip", "decide", "resume", "amend"])
    for act in draw(st.lists(acts, max_size=40)):
        at += seconds(draw(pauses))
        match act:
            case "see":
                live.see(draw(evidences(at)))
            case "flip":
                live.settled_at = at
            case "decide" if live.samples and live.samples[-1].leg == live.leg:
                live.decide(at)
            case "resume":
                live.resume(at)
            case "amend":
                live.amend(at, draw(st.sampled_from(PLANS)))
            case _:
                continue
    return live


@given(nights())
def test_what_was_judged_live_is_judged_the_same_again(live: Live) -> None:
    found = live.replayed()
    assert [str(one) for one in found.every] == []
    assert (found.readings, found.unjudged) == (len(live.samples), 0)
    recorded = [one.payload for one in live.entries if one.kind == Kind.VERDICT]
    assert len(recorded) <= sum(len(check.changes) for check in found.checks)


@given(nights().filter(lambda live: bool(live.samples)), st.data())
def test_one_verdict_that_was_changed_is_found(live: Live, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(live.samples) - 1))
    one = live.samples[at]
    other = data.draw(st.sampled_from([status for status in Status if status != one.status]))
    changed = [*live.samples[:at], replace(one, status=other), *live.samples[at + 1 :]]
    [wrong] = live.replayed(changed).every
    assert wrong.at == one.at
    assert f"recorded {other}, judged again it is {one.status}" in wrong.sentence


@given(evidences(T0))
def test_evidence_survives_being_written_down(evidence: Evidence) -> None:
    stored = evidence_json(evidence)
    again = evidence_from(stored, evidence.at)
    assert evidence_json(again) == stored


def bad(count: int) -> Live:
    """`count` seconds-apart readings of a lag of 9 s, under a limit of 5 s held for 12 s."""
    live = Live(plan(fail_when="> 5 s", unit="s", hold="12s"))
    for index in range(count):
        at = T0 + seconds(5 * index)
        live.see(Evidence(at, reading(9.0, at)))
    return live


def test_a_verdict_nobody_wrote_down_and_one_nobody_read_are_told() -> None:
    live = bad(4)
    said = live.entries.pop()
    [wrong] = live.replayed().every
    assert wrong.sentence == "it became FAIL, but none tells of it"
    live.entries += [said, replace(said, seq=9)]
    [wrong] = live.replayed().every
    assert wrong.sentence == "entry 9 says FAIL, but no reading leads to it"


def test_a_decision_on_evidence_that_was_never_read_is_told() -> None:
    live = bad(4)
    live.decide(T0 + seconds(16))
    live.samples[-1] = replace(live.samples[-1], evidence={"value": None})
    assert "entry 3 froze of it is among none" in " ".join(map(str, live.replayed().every))


def test_a_criterion_that_failed_without_anybody_going_back_is_told() -> None:
    [wrong] = bad(6).replayed().every
    assert "failed 3 times in a row and nobody went back" in wrong.sentence
    assert bad(5).replayed().every == []


def test_readings_under_a_plan_that_is_lost_are_not_judged_and_counted() -> None:
    live = bad(4)
    live.amend(T0 + seconds(18), plan(fail_when="> 6 s", unit="s"), keep=False)
    at = T0 + seconds(20)
    live.see(Evidence(at, reading(1.0, at)))
    found = live.replayed()
    assert found.every == []
    assert (found.readings, found.unjudged) == (5, 5), "nor what follows in the same leg"
    live.resume(T0 + seconds(21))
    live.see(Evidence(T0 + seconds(25), reading(1.0, T0 + seconds(25))))
    assert live.replayed().unjudged == 5, "a new leg starts with nothing known"


def _nan_passes(answer: Any) -> Any:
    def lenient(one: Reading | None, whose: str) -> tuple[float, datetime]:
        if one is not None and one.value is not None and not math.isfinite(one.value):
            return 0.0, one.sampled_at or T0
        found: tuple[float, datetime] = answer(one, whose)
        return found

    return lenient


def test_a_judge_for_whom_nan_is_fine_disagrees(monkeypatch: pytest.MonkeyPatch) -> None:
    live = Live(plan(fail_when="> 5 s", unit="s"))
    for index, value in enumerate([1.0, math.nan, 1.0]):
        at = T0 + seconds(5 * index)
        live.see(Evidence(at, reading(value, at)))
    assert live.replayed().every == []
    monkeypatch.setattr(trust, "_answer", _nan_passes(trust._answer))
    told = [str(one) for one in live.replayed().every]
    assert any("recorded NO_DATA, judged again it is PASS" in one for one in told), told


def test_a_judge_who_counts_a_gap_as_good_disagrees(monkeypatch: pytest.MonkeyPatch) -> None:
    live = Live(plan(fail_when=None, pass_when="< 5 s", unit="s", hold="12s"))
    for late in (0, 5, 300):
        at = T0 + seconds(late)
        live.see(Evidence(at, reading(1.0, at)))
    assert live.samples[-1].status == Status.PENDING
    assert live.replayed().every == []
    monkeypatch.setattr(judge, "_unbaked", lambda _rule, memory, *_: memory)
    monkeypatch.setattr(judge, "_accounted_from", lambda _rule, memory, at: memory.read_at or at)
    told = [str(one) for one in live.replayed().every]
    assert any("recorded PENDING, judged again it is PASS" in one for one in told), told
