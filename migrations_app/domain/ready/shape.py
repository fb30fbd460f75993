"""What an entry of the catalogue is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue


class ParamKind(StrEnum):
    """What a parameter may be. Each is rendered so that it can't leave its place in the query."""

    METRIC = "metric"  # the name of a metric
    LABEL = "label"  # the name of a label
    SELECTOR = "selector"  # label matchers: text, a mapping, or ${var:NAME}
    WORD = "word"  # a label's value, or a pattern for one
    NUMBER = "number"
    DURATION = "duration"
    QUANTITY = "quantity"  # a quantity, or the name of an objective


@dataclass(frozen=True, slots=True)
class Param:
    """`default` None: it has to be given. `least` and `most` bound a number, both included."""

    name: str
    kind: ParamKind
    means: str
    default: str | None = None
    least: float = 0
    most: float = 1e12


@dataclass(frozen=True, slots=True)
class Ready:
    """A check by one word.

    `check` holds keys of a runbook's check, with `<param>` in its texts; everything in it but the
    queries and the unit is a default that an author may override. `mind` says where it misleads.
    """

    word: str
    title: str
    means: str
    params: tuple[Param, ...]
    check: Mapping[str, JsonValue]
    mind: str = ""

    @property
    def required(self) -> tuple[str, ...]:
        """Parameters without a default."""
        return tuple(one.name for one in self.params if one.default is None)


@dataclass(frozen=True, slots=True)
class Group:
    """Entries about the same thing, under one heading."""

    title: str
    entries: tuple[Ready, ...]
