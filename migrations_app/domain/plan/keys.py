"""Which keys the schema knows at a place of a runbook."""

from __future__ import annotations

from types import UnionType
from typing import TYPE_CHECKING, TypeGuard, Union, get_args, get_origin

from pydantic import BaseModel

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from migrations_app.domain.plan.problem import Loc


def keys_at(model: type[BaseModel], loc: Loc) -> list[str]:
    """The keys known at `loc` in `model`; empty where any key may stand, or nothing can."""
    found: object = model
    for part in loc:
        found = _inside(found, part)
    return list(_fields(found)) if _is_model(found) else []


def _inside(annotation: object, part: str | int) -> object:
    """The type of what stands at `part` within `annotation`, without its "or nothing"."""
    if _is_model(annotation):
        field = _fields(annotation).get(str(part))
        return _certain(field.annotation) if field else None
    if get_origin(annotation) is tuple:
        return get_args(annotation)[0]
    return get_args(annotation)[1] if get_origin(annotation) is dict else None


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields, by the keys they are written with."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _certain(annotation: object) -> object:
    """`X` for `X | None`."""
    if get_origin(annotation) not in {Union, UnionType}:
        return annotation
    return next(arg for arg in get_args(annotation) if arg is not type(None))


def _is_model(annotation: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
