"""A check written with `use`, written out: the catalogue's texts, the author's rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from migrations_app.domain.plan.problem import nearest
from migrations_app.domain.ready.catalogue import CATALOGUE
from migrations_app.domain.ready.params import rendered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import JsonValue

    from migrations_app.domain.ready.shape import Param, Ready

TEXTS: Final = ("query", "blue_query", "samples_query", "unit")
"""What a word gives and nobody overrides: with other texts it would be another check."""

# Who says one of these takes back the catalogue's default for the others.
_INSTEAD: Final = (
    ("fail_when", "pass_when"),
    ("hold", "consecutive", "fraction"),
)
# With the comma before it, which goes when there is nothing to put there.
_PARAM: Final = re.compile(r"(, )?<([a-z_]+)>")


class NotReady(ValueError):
    """`at` is the key of the check that is wrong."""

    def __init__(self, sentence: str, at: str) -> None:
        super().__init__(sentence)
        self.at = at


def written_out(given: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """`given` (a check of a runbook with `use`) with everything that its word stands for.

    `NotReady` for a word that is not known, and for parameters that don't fit it.
    """
    ready = _known(given["use"])
    _require_no_texts(given)
    values = _values(ready, given.get("with"))
    defaults = {key: _filled(value, values) for key, value in ready.check.items()}
    kept = {key: value for key, value in defaults.items() if key not in _taken_back(given)}
    return {"title": ready.title} | kept | dict(given)


def _known(word: JsonValue) -> Ready:
    if not isinstance(word, str):
        raise NotReady("must be the word of a ready-made check.", "use")
    if word not in CATALOGUE:
        hint = nearest(word, CATALOGUE)
        raise NotReady(f'there is no ready-made check "{word:.60}".{hint}', "use")
    return CATALOGUE[word]


def _require_no_texts(given: Mapping[str, JsonValue]) -> None:
    for key in TEXTS:
        if given.get(key) is not None:
            raise NotReady(f"comes with the word in `use`: leave `{key}` out, or `use`.", key)


def _taken_back(given: Mapping[str, JsonValue]) -> set[str]:
    away = {key for keys in _INSTEAD if any(given.get(one) is not None for one in keys)
            for key in keys}  # fmt: skip
    if "min_samples" in given and given["min_samples"] is None:
        away.add("samples_query")
    return away


def _values(ready: Ready, given: JsonValue) -> dict[str, str]:
    if not isinstance(given, dict | None):
        raise NotReady("must be a mapping of parameters, `name: value`.", "with")
    asked = {name: value for name, value in (given or {}).items() if value is not None}
    problems = [*_problems(ready, asked)]
    if problems:
        raise NotReady(" ".join(problems), "with")
    return {one.name: rendered(one, asked.get(one.name, one.default)) for one in ready.params}


def _problems(ready: Ready, asked: Mapping[str, JsonValue]) -> Iterator[str]:
    known = {one.name: one for one in ready.params}
    for name in asked.keys() - known.keys():
        yield f'"{ready.word}" has no parameter "{name:.60}".{nearest(name, known)}'
    for name, param in known.items():
        if name in asked:
            yield from _wrong(param, asked[name])
        elif param.default is None:
            yield f'"{ready.word}" needs `{name}`: {param.means}.'


def _wrong(param: Param, value: JsonValue) -> Iterator[str]:
    try:
        if not rendered(param, value) and param.default is None:
            yield f"`{param.name}` picks everything there is: say which series."
    except ValueError as wrong:
        yield f"`{param.name}` {str(wrong).rstrip('.')}."


def _filled(value: JsonValue, values: Mapping[str, str]) -> JsonValue:
    match value:
        case str():
            return _PARAM.sub(lambda found: _put(found, values), value)
        case dict():
            return {key: _filled(inner, values) for key, inner in value.items()}
        case _:
            return value


def _put(found: re.Match[str], values: Mapping[str, str]) -> str:
    text = values[found[2]]
    return f"{found[1] or ''}{text}" if text else ""
