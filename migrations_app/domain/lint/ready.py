"""Ready-made checks: what stands there is what the word stands for, in every environment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from migrations_app.domain.envref import variables
from migrations_app.domain.lint.base import error, warning
from migrations_app.domain.ready import NotReady, written_out
from migrations_app.domain.ready.expand import TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from migrations_app.domain.lint.base import Case
    from migrations_app.domain.plan.check import Check
    from migrations_app.domain.plan.plain import JsonObject
    from migrations_app.domain.plan.problem import Problem

_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_VARIABLE: Final = re.compile(r"\$\{var:\w+\}")
_ENDS: Final = re.compile(r'["\\\n]')


def ready_rewritten(case: Case) -> Iterator[Problem]:
    """`use` beside texts that are others than the word's: one of them is not meant."""
    for index, check in enumerate(case.plan.checks):
        if check.use is None or _same(check):
            continue
        yield warning(
            ("checks", index, "use"),
            f'Check "{check.name}" is written out, and not as "{check.use}" is today. Leave out '
            "its queries to have that, or `use` to keep these.",
        )


def _same(check: Check) -> bool:
    full = check.model_dump(mode="json")
    try:
        usual = written_out({key: full[key] for key in ("use", "with", "min_samples")})
    except NotReady:
        return False
    return all(_means(usual.get(key), full[key]) for key in TEXTS)


def _means(usual: JsonValue, text: JsonValue) -> bool:
    """Whether `text` is `usual`, as it is or with its variables filled in."""
    if not isinstance(usual, str) or not isinstance(text, str):
        return usual == text
    pattern = ".*".join(re.escape(part) for part in _VARIABLE.split(usual))
    return re.fullmatch(pattern, text, re.DOTALL) is not None


def variable_breaks_out(case: Case) -> Iterator[Problem]:
    """A variable whose value would end the quotes that a parameter put it in."""
    for check in case.plan.checks:
        inside = _inside_quotes(check) if check.use else frozenset()
        for loc, environment in case.environments():
            for name in sorted(inside & environment.vars.keys()):
                if _ENDS.search(environment.vars[name]):
                    yield error(
                        (*loc, "vars", name),
                        f'Check "{check.name}" puts {name} between quotes, which its value in '
                        f'"{loc[-1]}" would end: it may hold no quote, backslash or line break.',
                    )


def _inside_quotes(check: Check) -> frozenset[str]:
    full: JsonObject = check.model_dump(mode="json")
    texts = (str(full[key]) for key in TEXTS)
    return frozenset(
        name for text in texts for quoted in _QUOTED.findall(text) for name in variables(quoted)
    )
