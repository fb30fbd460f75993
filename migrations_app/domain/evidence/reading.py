"""Open a file: JSON by a model, or text. What does not fit is told by its place alone."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from migrations_app.domain.evidence.report import Unreadable


class File(BaseModel):
    """A part of a file: whatever it does not name is dropped unread."""

    model_config = ConfigDict(extra="ignore", frozen=True)


F = TypeVar("F", bound=File)


def parsed(model: type[F], body: bytes, what: str) -> F:
    """`body` as JSON. `Unreadable` says what was expected, and where it was not so."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part)[:40] for part in wrong["loc"]) or "the file"
        raise Unreadable(f"This is not {what}: {where}: {wrong['msg']:.120}.") from None


def text_of(body: bytes) -> str:
    """`body` as text."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("The file is not UTF-8 text.") from None
