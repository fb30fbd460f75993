"""Say what a validation error means, as a sentence, at its place in the runbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from migrations_app.domain.plan.base import KIND, NAME, VARIABLE
from migrations_app.domain.plan.keys import keys_at
from migrations_app.domain.plan.problem import Loc, nearest

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

_MUST_BE: Final = {
    "string_type": "must be text: put it in quotes",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "dict_type": "must be a mapping, `key: value`",
    "model_type": "must be a mapping, `key: value`",
    "string_too_short": "must not be empty",
}
_WRITTEN: Final = {
    NAME: "must be a name: lower-case letters, digits, - and _, at most 63",
    KIND: "must be a kind: lower-case letters, digits, dots, - and _, at most 63",
    VARIABLE: "must be a variable's name: letters, digits and _",
}


def place(error: ErrorDetails) -> Loc:
    """Where it is, without pydantic's own marks."""
    within = (error.get("ctx") or {}).get("at")
    found = tuple(part for part in error["loc"] if part != "[key]")
    return found if within is None else (*found, str(within))


def sentence(error: ErrorDetails, model: type[BaseModel]) -> str:
    """What is wrong and what would be right, ending in a full stop or a question mark."""
    match error["type"]:
        case "extra_forbidden":
            *parent, key = place(error)
            known = nearest(str(key), keys_at(model, tuple(parent)))
            return f'there is no key "{key}" here.{known}'
        case "missing":
            return "is missing."
        case "value_error":
            return _full_stop(str(error["ctx"]["error"]))
        case _ if wanted := _wanted(error):
            return f"{wanted}{_instead(error['input'])}."
        case _:
            return _full_stop(error["msg"])


def _wanted(error: ErrorDetails) -> str | None:
    match error["type"]:
        case "enum":
            return f"must be {error['ctx']['expected']}"
        case "string_pattern_mismatch":
            return _WRITTEN.get(error["ctx"]["pattern"])
        case kind:
            return _MUST_BE.get(kind)


def _instead(given: object) -> str:
    """What was written, when it is short enough to be worth repeating."""
    if given is None:
        return ", and is empty"
    return f", not {given!r:.40}" if isinstance(given, str | int | float) and given != "" else ""


def _full_stop(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."
