"""What an answer has to look like before anything is read from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from migrations_app.domain.errors import Permanent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class Shape(BaseModel):
    """The part of it that we rely on; there may be any amount of others."""

    model_config = ConfigDict(extra="ignore", strict=True)


def shaped(shape: type[Shape], told: object, whose: str) -> Mapping[str, Any]:
    """`told` as it is, once it is known to have that shape. `whose` begins a sentence."""
    try:
        shape.model_validate(told)
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in wrong["loc"]) or "all of it"
        raise Permanent(f"What answered is not {whose} ({where}): check url and names.") from None
    assert isinstance(told, dict)  # noqa: S101 - strict models take nothing else
    return told
