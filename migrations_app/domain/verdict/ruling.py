"""From what is remembered to a verdict: good or bad for how long, and is that enough?"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from migrations_app.domain.duration import spoken
from migrations_app.domain.verdict.outcome import Reason, Status, Verdict
from migrations_app.domain.verdict.sentence import (
    paused_words,
    reading_words,
    share_words,
    streak_words,
)

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from migrations_app.domain.verdict.measure import Measured
    from migrations_app.domain.verdict.memory import Memory, Streak
    from migrations_app.domain.verdict.rule import Rule
    from migrations_app.domain.verdict.share import Spans
    from migrations_app.domain.verdict.trust import NoData


class Ruling(NamedTuple):
    """A status and why, before it is put into words."""

    status: Status
    reason: Reason


PASSES = Ruling(Status.PASS, Reason.OK)
BAKED = Ruling(Status.PASS, Reason.BAKED)
BAKING = Ruling(Status.PENDING, Reason.BAKING)
BREACHING = Ruling(Status.PENDING, Reason.BREACHING)
BREACH = Ruling(Status.FAIL, Reason.BREACH)


def verdict_on(measured: Measured, rule: Rule, streak: Streak, spans: Spans | None) -> Verdict:
    """The verdict on a reading that `streak` and, under a `fraction`, `spans` already include."""
    if spans is None:
        ruling, words = _by_streak(rule, streak), streak_words(rule, streak)
    else:
        ruling, words = _by_share(rule, streak, spans), share_words(rule, spans)
    sentence, progress = reading_words(rule, measured) + words, _progress(rule, streak, spans)
    return Verdict(ruling.status, sentence, measured.value, streak.since, progress, ruling.reason)


def verdict_blind(nothing: NoData, rule: Rule, memory: Memory, at: datetime) -> Verdict:
    """The verdict when there was nothing to judge: never good, never bad, and the clock stands."""
    spans = memory.share.spans(at) if memory.share else None
    progress = _progress(rule, memory.streak, spans)
    sentence = nothing.sentence + _last_heard(memory, at)
    if spans is not None:
        sentence += share_words(rule, spans)
    elif memory.streak and progress is not None:
        sentence += paused_words(rule, memory.streak)
    return Verdict(Status.NO_DATA, sentence, None, memory.blind_since, progress, nothing.reason)


def _last_heard(memory: Memory, at: datetime) -> str:
    if memory.read_at is None:
        return ""
    age = spoken(at - memory.read_at)
    bad = memory.streak is not None and memory.streak.bad
    return f" (last reading {age} ago was bad)" if bad else f" (last good {age} ago)"


def _by_streak(rule: Rule, streak: Streak) -> Ruling:
    enough = streak.held >= rule.hold and streak.count >= rule.consecutive
    match rule.fails_when, streak.bad:
        case True, False:
            return PASSES
        case True, True:
            return BREACH if enough else BREACHING
        case False, True:
            return BREACH if streak.count >= rule.consecutive else BREACHING
        case _:
            return BAKED if enough else BAKING


def _by_share(rule: Rule, streak: Streak, spans: Spans) -> Ruling:
    """What is known decides only if no answer to the unknown could turn it round."""
    enough = spans.true >= _goal(rule)
    if rule.fails_when:
        return BREACH if enough else BREACHING if streak.bad else PASSES
    out_of_reach = spans.false > rule.hold - _goal(rule)
    return BAKED if enough else BREACH if out_of_reach else BAKING


def _progress(rule: Rule, streak: Streak | None, spans: Spans | None) -> float | None:
    """How much of the share, the hold or the evaluations in a row is there; None without any."""
    if spans is not None:
        return min(1.0, spans.true / _goal(rule))
    if streak is None or not _counts(rule, streak):
        return None
    if rule.hold:
        return min(1.0, streak.held / rule.hold)
    return min(1.0, streak.count / rule.consecutive) if rule.consecutive > 1 else None


def _counts(rule: Rule, streak: Streak) -> bool:
    """Good readings bring a breach no nearer, and bad ones no bake: that starts over."""
    return streak.bad if rule.fails_when else not (streak.bad and rule.hold)


def _goal(rule: Rule) -> timedelta:
    return rule.hold * (rule.fraction or 1.0)
