"""What all drivers of flags have in common: read the flag, change its share, say what is sent.

Each write is built on a reading of the same call, and guarded by it where the service can do that.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from migrations_app.domain.errors import Conflict, Permanent, SeamError
from migrations_app.domain.finding import Finding
from migrations_app.drivers.base import Capabilities, Observed
from migrations_app.drivers.flags.config import FlagConfig
from migrations_app.drivers.share import plain
from migrations_app.wire.curl import curl
from migrations_app.wire.deadline import Deadline
from migrations_app.wire.place import protection
from migrations_app.wire.talk import Talk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from pydantic import BaseModel

    from migrations_app.drivers.flags.seen import Call, Seen
    from migrations_app.drivers.scale import Scale

C = TypeVar("C", bound=FlagConfig)
TRIES = 3  # how often a write that needs nobody's permission starts again after another's


class FlagDriver(ABC, Generic[C]):
    """`name` is the vendor's, for sentences; `login` the header in which the token travels, with
    a shell variable for it."""

    kind: ClassVar[str]
    Config: ClassVar[type[BaseModel]]
    capabilities: ClassVar[Capabilities]
    tried: ClassVar[str]
    verify_deadline: ClassVar[float] = 10.0
    read_interval: ClassVar[float] = 5.0
    name: ClassVar[str]
    login: ClassVar[str]
    scale: ClassVar[Scale]

    def __init__(self, config: C) -> None:
        self._config = config
        self._talk = Talk(config, self._headers)

    @property
    def lag(self) -> float:
        """The SDKs' polling interval: by then the last of them has the new share."""
        return self._config.poll.total_seconds()

    def cannot(self, weight: Decimal) -> str | None:
        """Why the service can't hold this share, or None. No I/O."""
        return self.scale.cannot(weight)

    def observe(self) -> Observed:
        """The share the flag holds, 0 or 100 while it is off. `Permanent` where something else in
        the flag decides who gets GREEN."""
        seen = self._read(self._deadline())
        if seen.doubts:
            raise Permanent(" ".join(seen.doubts))
        return Observed(seen.weight, seen.token, seen.detail)

    def apply(self, weight: Decimal, token: str | None) -> None:
        """Set the share. 0 is always written, without a token even where the flag can't be read but
        can be written; more only where it would be true afterwards."""
        self._refuse(weight)
        deadline = self._deadline()
        for left in reversed(range(TRIES)):
            seen = self._before(weight, token, deadline)
            try:
                return self._move(seen, weight, deadline)
            except Conflict:  # read again: it may be about another part of the flag
                if not left:
                    raise
        return None

    def preview(self, weight: Decimal) -> list[str]:
        """The requests as they would be sent now, or as far as they can be told unread."""
        self._refuse(weight)
        try:
            seen = self._read(self._deadline())
        except SeamError as error:
            return [*map(str, self._blind(weight)), f"The flag can't be read: {error}"]
        if seen.written == weight:
            return [f"Nothing is sent: the flag holds {plain(weight)} % already ({seen.detail})."]
        return [*map(str, self._calls(seen, weight)), f"Now: {seen.detail}."]

    def manual_commands(self, weight: Decimal) -> list[str]:
        """`curl` lines; the token is a variable of the shell's."""
        self._refuse(weight)
        return self._typed(weight)

    def check(self) -> list[Finding]:
        """Reachable, readable, on, and whatever else in the flag sends people to a side."""
        found = protection(self._config, "the share")
        try:
            deadline = self._deadline()
            seen = self._read(deadline)
            return [*found, *self._found(seen), *self._rights(deadline)]
        except SeamError as error:
            return [*found, Finding(ok=False, what=self._config.host, sentence=str(error))]

    def close(self) -> None:
        self._talk.close()

    @abstractmethod
    def _headers(self) -> Mapping[str, str]:
        """What logs us in."""

    @abstractmethod
    def _read(self, deadline: Deadline) -> Seen: ...

    @abstractmethod
    def _calls(self, seen: Seen, weight: Decimal) -> Sequence[Call]:
        """What changes the share from what was seen."""

    @abstractmethod
    def _blind(self, weight: Decimal) -> Sequence[Call]:
        """The same when nothing could be read."""

    @abstractmethod
    def _typed(self, weight: Decimal) -> list[str]:
        """What a person types, with no reading of ours to build on; the last line reads back."""

    @property
    def _blindly(self) -> bool:
        """Whether what is sent blind is whole, so that it may go out where nothing can be read."""
        return False

    def _rights(self, deadline: Deadline) -> list[Finding]:
        """Whether we may write, where the service tells."""
        return []

    def _write(self, seen: Seen, weight: Decimal, deadline: Deadline) -> None:
        self._send_all(self._calls(seen, weight), deadline)

    def _send_all(self, calls: Sequence[Call], deadline: Deadline) -> None:
        for method, path, body, media_type in calls:
            self._talk.write(method, path, deadline, body=body, media_type=media_type)

    def _before(self, weight: Decimal, token: str | None, deadline: Deadline) -> Seen | None:
        """What a write is built on; None where it has to be, and can be, built on nothing."""
        try:
            seen = self._read(deadline)
        except Permanent:
            if weight or token is not None or not self._blindly:
                raise
            return None
        if token is not None and seen.token != token:
            raise Conflict(f"Somebody moved it since it was read: {seen.detail} now.")
        return seen

    def _move(self, seen: Seen | None, weight: Decimal, deadline: Deadline) -> None:
        if seen is None:
            return self._send_all(self._blind(weight), deadline)
        if weight and (why := " ".join([seen.off, *seen.doubts]).strip()):
            raise Permanent(f"{why} Nothing was changed.")
        if seen.written == weight:
            return None
        try:
            return self._write(seen, weight, deadline)
        except Permanent:
            if self._untouched(seen, deadline):
                raise
            raise Conflict("It was refused because somebody moved it while we did.") from None

    def _untouched(self, seen: Seen, deadline: Deadline) -> bool:
        """Whether a refusal is about us: vendors refuse what is out of date in many ways."""
        try:
            return self._read(deadline).token == seen.token
        except SeamError:
            return True

    def _found(self, seen: Seen) -> list[Finding]:
        what = f"{self.name} at {self._config.host}"
        found = [Finding(ok=True, what=what, sentence=f"It answers: {seen.detail}.")]
        if seen.off:
            found.append(Finding(ok=False, what="flag", sentence=seen.off))
        found += [Finding(ok=False, what="flag", sentence=doubt) for doubt in seen.doubts]
        return [*found, *seen.findings]

    def _refuse(self, weight: Decimal) -> None:
        if why := self.cannot(weight):
            raise Permanent(why)

    def _deadline(self) -> Deadline:
        return Deadline(self._config.timeout.total_seconds())

    def _curl(self, call: Call) -> str:
        method, path, body, media_type = call
        return curl(self._config, method, path, secret=self.login, body=body, media_type=media_type)

    def _curl_get(self, path: str) -> str:
        return curl(self._config, "GET", path, secret=self.login)
