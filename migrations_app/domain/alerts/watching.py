"""Which alerts the checks of a plan watch."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from migrations_app.domain.alerts.shape import Sender
from migrations_app.domain.matchers import matchers, require_simple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pydantic import JsonValue

    from migrations_app.domain.matchers import Matcher
    from migrations_app.domain.plan.bind import BoundPlan

KIND: Final = "alerts"
"""The kind of the source, as a plan names it."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What one check watches: alerts of `senders` that all of `matchers` fit."""

    check: str
    senders: frozenset[Sender]
    matchers: tuple[Matcher, ...]

    def sees(self, sender: str, labels: Mapping[str, str]) -> bool:
        """Whether this alert is one of them."""
        return sender in self.senders and all(one.matches(labels) for one in self.matchers)


def understood(text: str) -> tuple[Matcher, ...]:
    """The matchers of a query. `ValueError` says what can't be understood; none would be all."""
    found = matchers(text)
    if not found:
        raise ValueError('Say which alerts, such as severity="page", service="orders".')
    require_simple(found)
    return found


def senders_of(config: Mapping[str, JsonValue]) -> frozenset[Sender]:
    """Whom a source listens to: everybody, unless it says whom."""
    given = config.get("senders")
    return frozenset(Sender(str(one)) for one in given) if isinstance(given, list) else _EVERYBODY


_EVERYBODY: Final = frozenset(Sender)


def watched(bound: BoundPlan) -> tuple[Watch, ...]:
    """What each check of a plan watches, in the plan's order."""
    return tuple(_watched(bound))


def _watched(bound: BoundPlan) -> Iterator[Watch]:
    for check in bound.plan.checks:
        binding = bound.sources[check.source]
        if binding.kind == KIND:
            # What can't be understood watches nothing, and its check says so at every reading.
            with suppress(ValueError):
                yield Watch(check.name, senders_of(binding.config), understood(check.query))


def watchers(watches: Iterable[Watch], sender: str, labels: Mapping[str, str]) -> list[str]:
    """The checks that watch this alert."""
    return [one.check for one in watches if one.sees(sender, labels)]
