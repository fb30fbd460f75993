"""What came back over HTTP, or why nothing did. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import httpx

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST: Final = 300


class TooLarge(Exception):
    """The answer is longer than we are willing to hold."""


class Unreadable(Exception):
    """The answer is packed in a way we did not ask for and can't undo."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` have lower-case names; `body` is decompressed and within the limit. `seconds` from
    asking to the last byte, with the connection where a new one had to be made."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    seconds: float = field(default=0.0, compare=False)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def media_type(self) -> str:
        """`application/json`, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def elsewhere(self) -> str:
        """Where a redirect points: scheme and host only, as the rest may be a login's secret."""
        target = urlsplit(self.headers.get("location", ""))
        where = f"{target.scheme}://{target.hostname}" if target.hostname else "another path"
        return clean(where, 100)

    @property
    def retry_after(self) -> float | None:
        """Seconds, where it was told as such."""
        told = self.headers.get("retry-after", "")
        return float(told) if told.isascii() and told.isdigit() else None

    def json(self) -> Any:
        """The body as JSON; `ValueError` when it is none."""
        return json.loads(self.body)


class Why(Enum):
    """What kind of silence it was."""

    LATE = "late"
    UNREACHED = "unreached"  # nobody took the connection, or it is not who we wanted
    BROKEN = "broken"
    TOO_LARGE = "too large"
    UNREADABLE = "unreadable"
    CLOSED = "closed"  # by ourselves


@dataclass(frozen=True, slots=True)
class Silence:
    """No answer. `sent`: the request, or a part of it, may have left us. `sentence` has no stop."""

    why: Why
    sentence: str
    sent: bool


def late(host: str, *, sent: bool) -> Silence:
    """`host` let the time pass."""
    return Silence(Why.LATE, f"{host} did not answer in time", sent)


def silence(error: Exception, host: str, *, sent: bool) -> Silence:
    """What an exception of the exchange with `host` means."""
    match error:
        case httpx.TimeoutException():
            return late(host, sent=sent)
        case TooLarge():
            return Silence(Why.TOO_LARGE, f"{host} answered more than we read", sent)
        case Unreadable():
            said = (
                f'{host} answered in the encoding "{clean(str(error), 40)}", which we can\'t read'
            )
            return Silence(Why.UNREADABLE, said, sent)
        case httpx.ConnectError():
            return Silence(Why.UNREACHED, _unreached(error, host), sent)
        case _:
            return Silence(Why.BROKEN, f"{host} broke off its answer ({clean(str(error))})", sent)


def clean(text: str, longest: int = LONGEST) -> str:
    """Foreign text made fit for a line of ours."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _unreached(error: Exception, host: str) -> str:
    if "CERTIFICATE_VERIFY_FAILED" not in str(error):
        return f"could not connect to {host} ({clean(str(error))})"
    reason = str(error).partition("verify failed: ")[2].partition(" (_ssl")[0]
    return f"the certificate of {host} is not trusted ({clean(reason)}); set ca_file"
