"""The way in which queries are written where there is no language of their own: `name(a, b)`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from migrations_app.sources.value import NoValue, unfit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_CALL: Final = re.compile(r"([a-z][a-z0-9_]{0,62})(?:\((.*)\))?", re.DOTALL)
_LONGEST: Final = 4_000


@dataclass(frozen=True, slots=True)
class Asked:
    """`json(/stats, /lag)` is `name` json and `args` /stats and /lag."""

    name: str
    args: tuple[str, ...] = ()


def parsed(text: str, most: Mapping[str, int]) -> Asked | NoValue:
    """`most` arguments per known name; the last one keeps its commas."""
    call = _CALL.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if call is None or not text.isprintable():
        return unfit(f"write it as name(…), with one of {_listed(most)}")
    name, inside = call.groups()
    if name not in most:
        near = get_close_matches(name, most, n=1)
        hint = f'did you mean "{near[0]}"?' if near else f"known: {_listed(most)}"
        return unfit(f'there is no "{name}"; {hint}')
    return Asked(name, _split(inside, most[name]))


def _split(inside: str | None, most: int) -> tuple[str, ...]:
    if not (inside or "").strip():
        return ()
    return tuple(part.strip() for part in (inside or "").split(",", max(0, most - 1)))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
