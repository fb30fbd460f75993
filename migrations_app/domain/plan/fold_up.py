"""Write a check that came from a word as that word again, where nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from migrations_app.domain.plan.check import Check
from migrations_app.domain.ready.expand import TEXTS

if TYPE_CHECKING:
    from migrations_app.domain.plan.plain import JsonObject

_ASKED: Final = ("name", "use", "with", "source")
_EITHER: Final = frozenset({"fail_when", "pass_when"})


def folded(check: Check) -> JsonObject:
    """`check` as short as it reads back the same: by its word if it has one, else written out."""
    if check.use is not None:
        short = _short(check)
        if short is not None and _read(short) == check:
            return short
    return check.model_dump(mode="json", exclude_defaults=True)


def _short(check: Check) -> JsonObject | None:
    """The word, and what differs from what it gives. None where it gives nothing any more."""
    full = check.model_dump(mode="json")
    asked = {key: full[key] for key in _ASKED if full[key]}
    given = _read(asked)
    if given is None:
        return None
    usual, brief = (
        given.model_dump(mode="json"),
        check.model_dump(mode="json", exclude_defaults=True),
    )
    other = {
        key: brief.get(key, value)
        for key, value in full.items()
        if key not in TEXTS and value != usual[key] and not (key in _EITHER and value is None)
    }
    return asked | other


def _read(written: JsonObject) -> Check | None:
    try:
        return Check.model_validate(written)
    except ValidationError:
        return None
