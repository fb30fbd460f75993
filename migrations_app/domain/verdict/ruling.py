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
    from migrations_app.domain.verdict.share import Share
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


def verdict_on(
    measured: Measured, rule: Rule, streak: Streak, share: Share | None, at: datetime
) -> Verdict:
    """The verdict on a reading at `at`, which `streak` and `share` already account for."""
    if share is None:
        ruling, progress = _by_streak(rule, streak), _progress(rule, streak)
        words = streak_words(rule, streak)
    else:
        true, false = share.spans(at)
        ruling, progress = _by_share(rule, streak, true, false), min(1.0, true / _goal(rule))
        words = share_words(rule, true, false)
    sentence = reading_words(rule, measured) + words
    return Verdict(ruling.status, sentence, measured.value, streak.since, progress, ruling.reason)


def verdict_blind(nothing: NoData, rule: Rule, memory: Memory, at: datetime) -> Verdict:
    """The verdict when there was nothing to judge: never good, never bad, and the clock stands."""
    last = f" (last good {spoken(at - memory.read_at)} ago)" if memory.read_at else ""
    sentence = nothing.sentence + last + paused_words(rule, memory.streak)
    progress = _progress(rule, memory.streak) if memory.streak else None
    return Verdict(Status.NO_DATA, sentence, None, memory.blind_since, progress, nothing.reason)


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


def _by_share(rule: Rule, streak: Streak, true: timedelta, false: timedelta) -> Ruling:
    goal = _goal(rule)
    if rule.fails_when:
        return BREACH if true >= goal else BREACHING if streak.bad else PASSES
    if true >= goal:
        return BAKED
    return BREACH if false > rule.hold - goal else BAKING


def _progress(rule: Rule, streak: Streak) -> float | None:
    """How much of the hold or of the evaluations in a row is there; None if nothing is counted."""
    if streak.bad is not rule.fails_when and (rule.fails_when or rule.hold):
        return None
    if rule.hold:
        return min(1.0, streak.held / rule.hold)
    return min(1.0, streak.count / rule.consecutive) if rule.consecutive > 1 else None


def _goal(rule: Rule) -> timedelta:
    return rule.hold * (rule.fraction or 1.0)
