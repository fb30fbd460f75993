"""What time makes of evidence: the step from one evaluation to the next.

A `fail_when` rule is good until its condition has been true for the whole `hold` (or `consecutive`
evaluations); one good reading clears it, failed or not. A `pass_when` rule must first bake: be true
for the whole `hold` (or `consecutive`); one bad reading fails it (`consecutive` bad ones) and the
bake starts over, as it does when a flip settles.

A reading accounts for the time since the one before it, if that is no more than two intervals ago
and every evaluation between them had data. All other time is a gap: it is neither good nor bad and
stops the clock, for however long. A gap of more than two intervals also restarts a bake.

With `fraction` the share of the trailing `hold` counts instead, and unknown time is taken for
neither side: `pass_when` passes once enough of the whole period was good, and fails once so much of
it was bad that this can't come true any more; `fail_when` fails once enough of it was bad. No gap
starts a share over, only a flip does, and only where the share must be good.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from migrations_app.domain.verdict.measure import measure
from migrations_app.domain.verdict.memory import Memory, Streak, fresh
from migrations_app.domain.verdict.outcome import Reason, Status, Verdict
from migrations_app.domain.verdict.rule import BaselineKind
from migrations_app.domain.verdict.ruling import verdict_blind, verdict_on
from migrations_app.domain.verdict.share import Share
from migrations_app.domain.verdict.trust import NoData

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from migrations_app.domain.verdict.evidence import Evidence
    from migrations_app.domain.verdict.measure import Measured
    from migrations_app.domain.verdict.rule import Rule

__all__ = ["Memory", "Reason", "Status", "Verdict", "blue_is_worse", "fresh", "judge", "step"]


def judge(rule: Rule, evidences: Iterable[Evidence], settled_at: datetime | None) -> list[Verdict]:
    """The verdicts on a series that starts with nothing known: `step`, folded."""
    memory, verdicts = fresh(), []
    for evidence in evidences:
        memory, verdict = step(rule, memory, evidence, settled_at)
        verdicts.append(verdict)
    return verdicts


def step(
    rule: Rule, memory: Memory, evidence: Evidence, settled_at: datetime | None
) -> tuple[Memory, Verdict]:
    """One evaluation, and what to remember of it.

    `settled_at` is when the last flip settled, None before the first. Evidence that is not younger
    than what was judged last (doubled, or overtaken) changes nothing and gets the last verdict.
    """
    if memory.at and memory.verdict and evidence.at <= memory.at:
        return memory, memory.verdict
    memory = _unbaked(rule, memory, evidence.at, settled_at)
    try:
        measured = measure(rule, evidence, settled_at)
    except NoData as nothing:
        memory = replace(memory, blind_since=memory.blind_since or evidence.at)
        verdict = verdict_blind(nothing, rule, memory, evidence.at)
    else:
        memory, verdict = _seen(rule, memory, measured, evidence.at)
    return replace(memory, at=evidence.at, settled_at=settled_at, verdict=verdict), verdict


def blue_is_worse(rule: Rule, evidence: Evidence) -> bool:
    """Whether BLUE itself breaches the rule now, at least as badly as GREEN.

    Automatic rollback never goes to such a BLUE. False when either side is unknown, and for a rule
    that compares with BLUE, which can't say how BLUE itself is. BLUE is held to the same baseline
    as GREEN; of a burn rate the short windows are compared, since the long one tells of the past.
    """
    if evidence.blue is None or rule.versus is BaselineKind.BLUE:
        return False
    green = replace(evidence, value=evidence.short) if rule.burn and evidence.short else evidence
    uncounted = replace(rule, min_samples=None)
    try:
        blue = measure(uncounted, replace(green, value=evidence.blue, short=evidence.blue), None)
        return blue.bad and blue.badness >= measure(uncounted, green, None).badness
    except NoData:
        return False


def _unbaked(rule: Rule, memory: Memory, at: datetime, settled_at: datetime | None) -> Memory:
    """What is left of a bake after a flip or a long silence. A breach clock is never wound back."""
    if rule.fails_when:
        return memory
    flipped = settled_at != memory.settled_at
    silent = memory.read_at is not None and at - memory.read_at > rule.patience
    if memory.streak and not memory.streak.bad and (flipped or silent):
        memory = replace(memory, streak=None)
    return replace(memory, share=None) if flipped else memory


def _seen(rule: Rule, memory: Memory, measured: Measured, at: datetime) -> tuple[Memory, Verdict]:
    """With one more reading, and the time it accounts for."""
    since = _accounted_from(rule, memory, at)
    streak = _streak(rule, memory, since, at, bad=measured.bad)
    share = _share(rule, memory, since, at, true=measured.holds)
    memory = replace(memory, read_at=at, blind_since=None, streak=streak, share=share)
    return memory, verdict_on(measured, rule, streak, share.spans(at) if share else None)


def _streak(rule: Rule, memory: Memory, since: datetime, at: datetime, *, bad: bool) -> Streak:
    if memory.streak is None or memory.streak.bad is not bad:
        return Streak(bad, since=at, held=timedelta(0), count=1, counted_at=at)
    return memory.streak.longer(at, at - since, rule.interval)


def _share(
    rule: Rule, memory: Memory, since: datetime, at: datetime, *, true: bool
) -> Share | None:
    if rule.fraction is None:
        return None
    if memory.share is None:
        return Share(origin=at, period=rule.hold)
    return memory.share.add(since, at, true=true)


def _accounted_from(rule: Rule, memory: Memory, at: datetime) -> datetime:
    """Since when this reading speaks: the one before it, or only now if there was a gap."""
    last = memory.read_at
    if last is None or memory.blind_since is not None or at - last > rule.patience:
        return at
    return last
