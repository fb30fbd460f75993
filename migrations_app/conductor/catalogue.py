"""What can be moved, and what can be asked: every driver and source, as it declares itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from migrations_app.drivers.base import DRIVERS
from migrations_app.sources.base import SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migrations_app.domain.capabilities import Capabilities
    from migrations_app.drivers.base import Driver
    from migrations_app.sources.base import Source

_YES: Final = "yes"
_NO: Final = "–"

INTRODUCTION: Final = """\
# Every plane and every source

Written by `manage.py planes --markdown` from what each of them declares; a test holds this page
to it.
"""
DRIVERS_SAY: Final = """\
## Drivers: what can be moved

*Steps*: the finest difference in percent that the plane can express. *Guarded*: a write based on
an old reading is refused (compare-and-set); *right before*: the plane has no version, so we read
and compare once more, and one round trip stays unguarded. *Mirror*: it can copy requests
(`moves: mirror`). *In flight*: it tells what is still under way on the side that gets nothing new.
*Verified within*: how long a read-back may take before a forward move has failed and a way back is
alarming. *Read every*: how often it is read when nothing happens.
"""
SOURCES_SAY: Final = """\
## Sources: what can be asked

*Past*: it can tell what was, so that a check may compare with an earlier time, the metrics page
can look back, and `backtest` can play a night again. The others only know what is now.
"""


def drivers() -> list[list[str]]:
    """A row for each kind, the headings first."""
    heads = ["driver", "steps", "guarded", "mirror", "in flight", "verified within", "read every"]
    return [[*heads, "tried against"], *(_driver(kind, one) for kind, one in _all(DRIVERS.kinds()))]


def sources() -> list[list[str]]:
    """A row for each kind, the headings first."""
    found = ((kind, SOURCES.load(kind)) for kind in SOURCES.kinds())
    return [["source", "past", "tried against"], *(_source(kind, one) for kind, one in found)]


def markdown() -> str:
    """The page of the documentation."""
    parts = (INTRODUCTION, DRIVERS_SAY, _table(drivers(), "drivers"))
    return "\n".join([*parts, SOURCES_SAY, _table(sources(), "sources")])


def _all(kinds: Iterable[str]) -> Iterator[tuple[str, type[Driver]]]:
    return ((kind, DRIVERS.load(kind)) for kind in kinds)


def _driver(kind: str, one: type[Driver]) -> list[str]:
    able = one.capabilities
    return [
        kind,
        "0 and 100 only" if able.binary else f"{able.finest_step} %",
        _guard(able),
        *(_YES if flag else _NO for flag in (able.mirror, able.in_flight)),
        f"{one.verify_deadline:g} s",
        f"{one.read_interval:g} s",
        one.tried,
    ]


def _guard(able: Capabilities) -> str:
    if not able.compare_and_set:
        return _NO
    return "right before" if able.just_before else _YES


def _source(kind: str, one: type[Source]) -> list[str]:
    return [kind, _YES if one.past else _NO, one.tried]


def _table(rows: list[list[str]], folder: str) -> str:
    head, *body = rows
    linked = ([_linked(kind, folder), *rest] for kind, *rest in body)
    lines = [head, ["---"] * len(head), *linked]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


# Those that have a page elsewhere, or none: the fakes exist in rehearsals only.
PAGES: Final = {"parity": "parity.md", "fake": ""}


def page_of(kind: str, folder: str) -> str:
    """Where in the documentation it is told, empty for nowhere."""
    return PAGES.get(kind, f"{folder}/{kind}.md")


def _linked(kind: str, folder: str) -> str:
    page = page_of(kind, folder)
    return f"[{kind}]({page})" if page else kind
