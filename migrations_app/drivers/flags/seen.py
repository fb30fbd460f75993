"""What a flag service said about a flag, and what is sent to it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from migrations_app.domain.errors import Permanent

if TYPE_CHECKING:
    from decimal import Decimal

    from migrations_app.domain.finding import Finding
    from migrations_app.wire.answer import Answer

M = TypeVar("M", bound=BaseModel)


class Call(NamedTuple):
    """One request that changes something."""

    method: str
    path: str
    body: Any
    media_type: str = "application/json"

    def __str__(self) -> str:
        return f"{self.method} {self.path} {json.dumps(self.body)}"


@dataclass(frozen=True, slots=True)
class Seen:
    """`written` is the share that the flag holds (None: no number we know), `weight` what that
    comes to: 0 or 100 while it is off. `off` and `doubts` are sentences: why it serves one side to
    everybody, and why nobody can say who gets GREEN. `state` is what the vendor's driver keeps of
    the answer to write the next one.
    """

    written: Decimal | None
    weight: Decimal
    token: str | None
    detail: str
    off: str = ""
    doubts: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    state: Any = field(default=None, repr=False)


def parsed(model: type[M], answer: Answer, who: str) -> M:
    """`answer` as `model`. `Permanent` when it is something else than `who` would say."""
    try:
        return model.model_validate_json(answer.body)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"]) or "its JSON"
        sentence = (
            f"What answers there is not {who} as we know it (at {where}): check the address, and "
            "the version if it is the right one."
        )
        raise Permanent(sentence) from None
