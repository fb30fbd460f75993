"""From a rule to the questions a source is asked, and from its answers to evidence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from migrations_app.domain.duration import promql
from migrations_app.domain.reading import Outcome, Query, Reading
from migrations_app.domain.verdict.rule import BaselineKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrations_app.domain.verdict.rule import Rule

_PLACEHOLDER: Final = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_KNOWN: Final = frozenset({"window", "long", "short", "elapsed"})


@dataclass(frozen=True, slots=True)
class QueryTexts:
    """A check's queries as written in the plan; the optional ones None when it has none.

    `value` measures GREEN, `blue` the old side, `samples` counts what is behind the value.
    `baseline` replaces the query a baseline is read with (else `blue`, else `value`: GREEN had no
    traffic then). `$window`, `$long`, `$short`, `$elapsed` (or `${window}`, …) become durations.
    """

    value: str
    blue: str | None = None
    samples: str | None = None
    baseline: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything one evaluation may look at; what was not asked for is None.

    `value` and `short` are GREEN's, over the window (for a burn rate: over the long and the short
    one). `elapsed` is the time a budget rule is about.
    """

    at: datetime
    value: Reading
    blue: Reading | None = None
    baseline: Reading | None = None
    samples: Reading | None = None
    short: Reading | None = None
    elapsed: timedelta | None = None


def questions(rule: Rule, texts: QueryTexts, elapsed: timedelta) -> tuple[Query, ...]:
    """What to ask this time. Keys are unique per rule (`<name>:value`, …); see `gather`.

    `ValueError` for a placeholder the rule has no duration for.
    """
    raise NotImplementedError


def baseline_question(rule: Rule, texts: QueryTexts, elapsed: timedelta) -> Query:
    """What to ask once, at the start of a run, for a rule with a captured baseline."""
    raise NotImplementedError


def gather(
    rule: Rule,
    readings: Sequence[Reading],
    at: datetime,
    captured: Reading | None = None,
    elapsed: timedelta | None = None,
) -> Evidence:
    """The readings of this rule among `readings` (others are ignored), as evidence.

    A question without an answer counts as an error, never as nothing.
    """
    raise NotImplementedError
