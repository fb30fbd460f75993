"""Find the one number in an answer. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from migrations_app.domain.reading import Outcome
from migrations_app.sources.value import NoValue, number
from migrations_app.sources.web.words import not_json
from migrations_app.wire.answer import clean

if TYPE_CHECKING:
    from migrations_app.sources.value import Value
    from migrations_app.wire.answer import Answer

_NUMBER: Final = r"([-+]?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?)(?![0-9.])"
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)
_NOWHERE: Final = object()


def in_json(answer: Answer, pointer: str) -> Value:
    """The number at `pointer` (RFC 6901)."""
    try:
        found = pointed(answer.json(), pointer)
    except (ValueError, RecursionError):
        return not_json(answer, "any")
    match found:
        case _ if found is _NOWHERE:
            sentence = f'there is nothing at "{clean(pointer, 80)}"; that is not zero'
            return NoValue(Outcome.EMPTY, sentence)
        case []:
            return NoValue(Outcome.EMPTY, "it is an empty list; that is not zero")
        case [_, _, *_]:
            sentence = f"it is a list of {len(found)}; point at one, as in /0"
            return NoValue(Outcome.MANY_SERIES, sentence)
        case _:
            return number(found)


def in_text(answer: Answer, pattern: str) -> Value:
    """The number that stands where `pattern` says. White space of any kind is alike."""
    before, after = (_literally(part) for part in pattern.split("{number}"))
    text = answer.body.decode(errors="replace")
    found = re.findall(before + _NUMBER + after, text)
    if len(found) > 1:
        sentence = f"these words stand {len(found)} times in the answer; say more of them"
        return NoValue(Outcome.MANY_SERIES, sentence)
    if not found:
        return NoValue(Outcome.EMPTY, "these words are not in the answer; that is not zero")
    return number(found[0])


def pointed(data: Any, pointer: str) -> Any:
    """What `pointer` points at, or a value that nothing else is."""
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(data, dict) and key in data:
            data = data[key]
        elif isinstance(data, list) and _INDEX.fullmatch(key) and int(key) < len(data):
            data = data[int(key)]
        else:
            return _NOWHERE
    return data


def _literally(words: str) -> str:
    return r"\s+".join(re.escape(word) for word in re.split(r"\s+", words))
