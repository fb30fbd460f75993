"""From a rule to the questions a source is asked, and from its answers to evidence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from migrations_app.domain.duration import promql
from migrations_app.domain.reading import Outcome, Query, Reading
from migrations_app.domain.verdict.rule import BaselineKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from migrations_app.domain.verdict.rule import Rule

_PLACEHOLDER: Final = re.compile(
    r"\$(?:\{(window|long|short|elapsed)\}|(window|long|short|elapsed)\b)"
)


@dataclass(frozen=True, slots=True)
class QueryTexts:
    """A check's queries as the plan has them; None for those it doesn't.

    `value` measures GREEN, `blue` the old side, `samples` counts what is behind the value.
    `baseline` is what a captured or offset baseline is read with (else `blue`, else `value`: GREEN
    had no traffic then). `$window`, `$long`, `$short` and `$elapsed` (or `${window}`, …) become
    durations as PromQL writes them; any other `$` is left alone, it belongs to the query.
    """

    value: str
    blue: str | None = None
    samples: str | None = None
    baseline: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything one evaluation may look at; None for what was not asked.

    `value` is GREEN's reading over the window. For a burn rate it covers the long window, and
    `short` and `blue` the short one. `elapsed` is the time a budget rule is about.
    """

    at: datetime
    value: Reading
    blue: Reading | None = None
    baseline: Reading | None = None
    samples: Reading | None = None
    short: Reading | None = None
    elapsed: timedelta | None = None


def questions(rule: Rule, texts: QueryTexts, elapsed: timedelta) -> tuple[Query, ...]:
    """What to ask at every evaluation; `gather` finds the answers by key (`<name>:value`, …).

    A burn rate asks its value twice, with `$window` as the long and as the short one; `$elapsed`
    reaches no further back than a budget's window. `ValueError` for a placeholder the rule doesn't
    give a meaning.
    """
    values = _durations(rule, elapsed)
    briefly = values | ({"window": rule.burn.short} if rule.burn else {})
    asked = [
        ("value", texts.value, values),
        ("short", texts.value if rule.burn else None, briefly),
        ("blue", texts.blue, briefly),
        ("samples", texts.samples, values),
    ]
    queries = [
        Query(_key(rule, part), _rendered(rule, text, durations))
        for part, text, durations in asked
        if text is not None
    ]
    past = rule.baseline and rule.baseline.kind is BaselineKind.OFFSET
    return (*queries, *([baseline_question(rule, texts, elapsed)] if past else []))


def baseline_question(rule: Rule, texts: QueryTexts, elapsed: timedelta) -> Query:
    """How the baseline is read: once, at the start, if captured; every time if at an offset."""
    text = texts.baseline or texts.blue or texts.value
    offset = (rule.baseline.offset if rule.baseline else None) or timedelta(0)
    return Query(_key(rule, "baseline"), _rendered(rule, text, _durations(rule, elapsed)), offset)


def asks_elapsed(texts: QueryTexts) -> bool:
    """Whether one of the queries is about the time since the start, and so never the same."""
    written = (texts.value, texts.blue, texts.samples, texts.baseline)
    found = [match for text in written if text for match in _PLACEHOLDER.finditer(text)]
    return any((match[1] or match[2]) == "elapsed" for match in found)


def gather(
    rule: Rule,
    readings: Sequence[Reading],
    at: datetime,
    captured: Reading | None = None,
    elapsed: timedelta | None = None,
) -> Evidence:
    """This rule's readings among `readings` (others are ignored) as evidence of `at`.

    A value without an answer is an error, never nothing. `captured` is the answer to
    `baseline_question` from the start of the run. Pass the `elapsed` the questions were asked with.
    """
    found = {reading.key: reading for reading in readings}
    value = found.get(_key(rule, "value"))
    return Evidence(
        at=at,
        value=value or _unanswered(_key(rule, "value")),
        blue=found.get(_key(rule, "blue")),
        baseline=_baseline(rule, found, captured),
        samples=found.get(_key(rule, "samples")),
        short=found.get(_key(rule, "short")),
        elapsed=elapsed,
    )


def _baseline(rule: Rule, found: Mapping[str, Reading], captured: Reading | None) -> Reading | None:
    match rule.versus:
        case BaselineKind.CAPTURED:
            return captured
        case BaselineKind.OFFSET:
            return found.get(_key(rule, "baseline"))
        case BaselineKind.BLUE:
            return found.get(_key(rule, "blue"))
        case None:
            return None


def _durations(rule: Rule, elapsed: timedelta) -> dict[str, timedelta]:
    """What each placeholder means for this rule; zero means nothing."""
    burn, budget = rule.burn, rule.budget
    return {
        "window": burn.long if burn else rule.window,
        "long": burn.long if burn else timedelta(0),
        "short": burn.short if burn else timedelta(0),
        "elapsed": min(elapsed, budget.window) if budget else elapsed,
    }


def _rendered(rule: Rule, text: str, durations: Mapping[str, timedelta]) -> str:
    def duration(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if name != "elapsed" and not durations[name]:
            raise ValueError(
                f'The query of "{rule.name}" uses ${name}, which its rule doesn\'t set.'
            )
        return promql(durations[name])

    return _PLACEHOLDER.sub(duration, text)


def _unanswered(key: str) -> Reading:
    return Reading(key, "", Outcome.ERROR, detail="the source gave no answer to this question")


def _key(rule: Rule, part: str) -> str:
    return f"{rule.name}:{part}"
