"""Queries: every placeholder means something, and the source understands what is left."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from migrations_app.domain.envref import references, unknown_references, variables
from migrations_app.domain.errors import ConfigError, SeamError
from migrations_app.domain.lint.base import error, warning
from migrations_app.domain.lint.checks import judged
from migrations_app.domain.plan.bind import filled
from migrations_app.domain.plan.problem import nearest
from migrations_app.domain.plan.rules import texts_of
from migrations_app.domain.verdict.evidence import baseline_question, questions
from migrations_app.domain.verdict.rule import BaselineKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.domain.lint.base import Case
    from migrations_app.domain.lint.checks import Judged
    from migrations_app.domain.lint.seams import Invalid
    from migrations_app.domain.plan.problem import Loc, Problem

_FILLED: Final = ("window", "long", "short", "elapsed")
_ELAPSED: Final = timedelta(hours=1)  # any will do to see whether a query parses


def placeholder_unknown(case: Case) -> Iterator[Problem]:
    """`${…}` that nothing will fill in."""
    for loc, text in _queries(case):
        for name in sorted(references(text)):
            yield error(
                loc, f"Queries are shown and stored, so ${{env:{name}}} can't be in one: use vars."
            )
        for written in unknown_references(text, words=_FILLED):
            yield error(
                loc,
                f"Nothing fills in {written}. A query may hold ${{var:NAME}}, ${{window}}, "
                "${long}, ${short} and ${elapsed}.",
            )


def placeholder_empty(case: Case) -> Iterator[Problem]:
    """`${window}` in a check without a window, and the like."""
    for one in judged(case):
        try:
            _texts(one)
        except ConfigError:
            continue  # told by variable_unset
        except ValueError as wrong:
            yield error(("checks", one.index), str(wrong))


def variable_unset(case: Case) -> Iterator[Problem]:
    """`${var:NAME}` that an environment doesn't set."""
    for loc, text in _queries(case):
        for place, environment in case.environments():
            for name in sorted(variables(text) - environment.vars.keys()):
                yield error(
                    loc,
                    f'The environment "{place[-1]}" does not set the variable {name}.'
                    f"{nearest(name, environment.vars)}",
                )


def query_invalid(case: Case) -> Iterator[Problem]:
    """A query that its source refuses."""
    if case.seams.invalid is None:
        return
    for one in judged(case):
        for text in _askable(one):
            yield from _refused(case.seams.invalid, one, text)


def _refused(invalid: Invalid, one: Judged, text: str) -> Iterator[Problem]:
    loc: Loc = ("checks", one.index)
    source = f'The source "{one.check.source}" of "{one.name}"'
    try:
        why = invalid(one.environment.sources[one.check.source], text)
    except (ConfigError, SeamError) as silent:
        yield warning(loc, f"{source} could not be asked whether it understands {text!r}: {silent}")
        return
    if why is not None:
        yield error(loc, f"{source} does not understand {text!r}: {why}")


def _askable(one: Judged) -> list[str]:
    """What would be asked; nothing while a placeholder is in the way."""
    try:
        return [text for text in _texts(one) if not unknown_references(text)]
    except (ConfigError, ValueError):
        return []


def _texts(one: Judged) -> list[str]:
    texts = texts_of(filled(one.check, one.environment, f"checks[{one.index}]"))
    asked = list(questions(one.rule, texts, _ELAPSED))
    if one.rule.versus is BaselineKind.CAPTURED:
        asked.append(baseline_question(one.rule, texts, _ELAPSED))
    return list(dict.fromkeys(query.text for query in asked))


def _queries(case: Case) -> Iterator[tuple[Loc, str]]:
    """Every query as written."""
    for index, check in enumerate(case.plan.checks):
        for field in ("query", "blue_query", "samples_query"):
            text: str | None = getattr(check, field)
            if text is not None:
                yield ("checks", index, field), text
        if check.baseline is not None and check.baseline.query is not None:
            yield ("checks", index, "baseline", "query"), check.baseline.query
