"""Label sets: sorted pairs, so that equal sets are equal keys. An empty value is no label."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

Labels = tuple[tuple[str, str], ...]

NAME: Final = "__name__"
NONE: Final[Labels] = ()
_CACHE: Final = 20_000


def labels_of(pairs: Mapping[str, str]) -> Labels:
    return tuple(sorted((name, value) for name, value in pairs.items() if value))


def value_of(labels: Labels, name: str) -> str:
    """Empty when there is no such label, as PromQL has it."""
    return next((value for key, value in labels if key == name), "")


@lru_cache(_CACHE)
def only(labels: Labels, names: frozenset[str]) -> Labels:
    return tuple(pair for pair in labels if pair[0] in names)


@lru_cache(_CACHE)
def without(labels: Labels, names: frozenset[str]) -> Labels:
    return tuple(pair for pair in labels if pair[0] not in names)


@lru_cache(_CACHE)
def unnamed(labels: Labels) -> Labels:
    """Without the metric's name: what arithmetic leaves."""
    return tuple(pair for pair in labels if pair[0] != NAME)


def spelled(labels: Labels) -> str:
    """`{job="orders", track="green"}`, for messages."""
    return "{" + ", ".join(f'{name}="{value}"' for name, value in labels) + "}"
