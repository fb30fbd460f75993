"""Read YAML as data and nothing else: no aliases, no tags, no surprises, every line remembered.

Nothing is ever expanded, so a text costs memory in proportion to its own length.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)
from yaml.reader import ReaderError

from migrations_app.domain.plan.problem import Loc, Problem, RunbookError, dotted
from migrations_app.domain.plan.yaml_words import meaning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

LONGEST: Final = 64 * 1024  # bytes of UTF-8
DEEPEST: Final = 20
_UNQUOTED: Final = ("comment or a line break", "indentation indicator", "cannot start any token")
_QUOTE: Final = ' A value that starts with ">", "|", "%", "@" or "`" needs quotes.'


@dataclass(slots=True)
class Document:
    """The data, and the line (from 1) on which each part of it starts."""

    data: JsonValue = None
    lines: dict[Loc, int] = field(default_factory=dict)

    def line(self, loc: Loc) -> int | None:
        """The line of `loc`, or of the nearest thing around it."""
        known = (self.lines.get(loc[:length]) for length in range(len(loc), -1, -1))
        return next((line for line in known if line), None)


def read(text: str) -> Document:
    """The one document in `text`. `RunbookError` with everything that was found wrong."""
    if len(text.encode("utf-8", "surrogatepass")) > LONGEST:
        raise RunbookError([Problem("", f"is longer than {LONGEST // 1024} KB: split the plan.")])
    reader = _Reader(text)
    try:
        reader.run()
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # PyYAML raises bare ValueErrors for code points that do not exist.
        raise RunbookError([*reader.problems, _syntax(error, text)]) from None
    if reader.problems:
        raise RunbookError(reader.problems)
    return reader.document


def _syntax(error: Exception, text: str) -> Problem:
    match error:
        case ReaderError():
            line = text.count("\n", 0, error.position) + 1
            return Problem("", f"holds the character U+{error.character:04X}: delete it.", line)
        case yaml.MarkedYAMLError():
            mark, said = error.problem_mark or error.context_mark, str(error.problem)
            hint = next((_QUOTE for sign in _UNQUOTED if sign in said), "")
            return Problem("", f"is not YAML: {said}.{hint}", mark.line + 1 if mark else None)
        case _:
            return Problem("", f"is not YAML: {error}.")


def _line(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


class _Reader:
    """Builds data from the parser's events, one node at a time, never deeper than allowed."""

    def __init__(self, text: str) -> None:
        self.events: Iterator[Event] = yaml.parse(text, Loader=yaml.SafeLoader)
        self.document = Document()
        self.problems: list[Problem] = []

    def run(self) -> None:
        documents = 0
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                self._one_document(event, documents)
                self.document.data = self._node(next(self.events), ())
        if not documents:
            self.problems.append(Problem("", "is empty: a runbook starts with `migration:`."))

    def _one_document(self, event: Event, number: int) -> None:
        if number > 1:
            line = _line(event)
            raise RunbookError([Problem("", "holds a second document after `---`.", line)])

    def _node(self, event: Event, loc: Loc) -> JsonValue:
        self.document.lines.setdefault(loc, _line(event))
        self._plain_node(event, loc)
        if isinstance(event, ScalarEvent):
            return meaning(event.value) if event.implicit[0] else str(event.value)
        if not isinstance(event, CollectionStartEvent):
            return None  # an alias: already refused, never followed
        if len(loc) >= DEEPEST:
            sentence = f"is nested deeper than {DEEPEST} levels."
            raise RunbookError([*self.problems, self._problem(event, loc, sentence)])
        build = self._mapping if isinstance(event, MappingStartEvent) else self._sequence
        return build(loc)

    def _plain_node(self, event: Event, loc: Loc) -> None:
        if isinstance(event, AliasEvent):
            self._refuse(event, loc, f"aliases (*{event.anchor}) are not allowed: write it out.")
        elif isinstance(event, NodeEvent) and event.anchor is not None:
            self._refuse(event, loc, f"anchors (&{event.anchor}) are not allowed: write it out.")
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._refuse(event, loc, f"tags ({tag}) are not allowed: leave it out.")

    def _sequence(self, loc: Loc) -> list[JsonValue]:
        return [self._node(event, (*loc, index)) for index, event in enumerate(self._inside())]

    def _mapping(self, loc: Loc) -> dict[str, JsonValue]:
        found: dict[str, JsonValue] = {}
        for event in self._inside():
            key = self._key(event, loc)
            if key in found:
                first = self.document.lines[(*loc, key)]
                self._refuse(event, (*loc, key), f'"{key}" is already given on line {first}.')
            self.document.lines.setdefault((*loc, key), _line(event))
            found[key] = self._node(next(self.events), (*loc, key))
        return found

    def _inside(self) -> Iterator[Event]:
        for event in self.events:
            if isinstance(event, CollectionEndEvent):
                return
            yield event

    def _key(self, event: Event, loc: Loc) -> str:
        value = self._node(event, (*loc, "?"))
        if not isinstance(value, str) and not isinstance(event, AliasEvent):
            self._refuse(event, loc, f"a key must be text, not {value!r:.40}: put it in quotes.")
        return str(value)

    def _refuse(self, event: Event, loc: Loc, sentence: str) -> None:
        self.problems.append(self._problem(event, loc, sentence))

    def _problem(self, event: Event, loc: Loc, sentence: str) -> Problem:
        return Problem(dotted(loc), sentence, _line(event))
