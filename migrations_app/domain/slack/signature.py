"""Whether a request comes from Slack, now: an HMAC over the raw bytes, and a bounded age.

Source: Slack's "Verifying requests from Slack": `v0=` and the hex HMAC-SHA256, keyed with the
app's signing secret, of `v0:{timestamp}:{body}`.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

OLDEST_S: Final = 300
"""How far a request's timestamp may lie from now, either way, in seconds."""

_SECONDS: Final = re.compile(r"[0-9]{1,12}")
_SIGNATURE: Final = re.compile(r"v0=[0-9a-f]{64}")


class Unsigned(Exception):
    """Not from Slack, or not from now. Says which, and nothing of what was sent."""


@dataclass(frozen=True, slots=True)
class Seal:
    """What came in the headers, as it came: `timestamp` in epoch seconds."""

    timestamp: str
    signature: str


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What Slack sends along with `body`."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, sha256).hexdigest()


def verify(seal: Seal, body: bytes, secrets: Iterable[str], now: float) -> None:
    """Raise `Unsigned` unless one of `secrets` made this seal for this body at about `now`.

    Every secret is tried, and each comparison takes as long whatever it finds.
    """
    if not _SECONDS.fullmatch(seal.timestamp) or not _SIGNATURE.fullmatch(seal.signature):
        raise Unsigned("it carries no signature of Slack's")
    if abs(now - int(seal.timestamp)) > OLDEST_S:
        raise Unsigned(f"it was signed more than {OLDEST_S} s from now: replayed, or a wrong clock")
    made = [signature(secret, seal.timestamp, body) for secret in secrets if secret]
    if not sum(hmac.compare_digest(one, seal.signature) for one in made):
        raise Unsigned("its signature was made with another secret")


def digest(seal: Seal) -> str:
    """Names one request for ever: the same bytes at another second have another one."""
    return sha256(f"{seal.timestamp}:{seal.signature}".encode()).hexdigest()
