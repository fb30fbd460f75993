"""Lines of JSON that only we can have written: each carries a seal made with our key.

They are what a machine remembers and writes down while PostgreSQL is away. The seal protects
from a file that was damaged or slipped in; whoever may read our key may also make one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING

from migrations_app.domain.errors import WarroomError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrations_app.domain.timeline import Json

_SEAL = "seal"


class Broken(WarroomError):
    """A line that is not whole, or not ours."""


def sealed(body: Mapping[str, Json], key: str) -> str:
    """`body` on one line, with its seal."""
    return _text({**body, _SEAL: _seal(body, key)})


def opened(line: str, key: str) -> dict[str, Json]:
    """What `sealed` wrote. Raises `Broken`."""
    try:
        body = json.loads(line)
        seal = body.pop(_SEAL)
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
        raise Broken("This line is not whole.") from None
    if not (
        isinstance(seal, str) and hmac.compare_digest(seal.encode(), _seal(body, key).encode())
    ):
        raise Broken("This line was not written by this Warroom, or was changed since.")
    found: dict[str, Json] = body
    return found


def _seal(body: Mapping[str, Json], key: str) -> str:
    made = hmac.new(f"warroom.sealed:{key}".encode(), _text(body).encode(), hashlib.sha256)
    return made.hexdigest()


def _text(body: Mapping[str, Json]) -> str:
    return json.dumps(body, sort_keys=True, separators=(",", ":"), allow_nan=False)
