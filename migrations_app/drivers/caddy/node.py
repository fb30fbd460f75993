"""One Caddy's admin API.

Its `Etag` and `If-Match` cover the whole handler, so weights are never written against another list
of upstreams than the one they were made for.
"""

from __future__ import annotations

import json
from contextlib import closing, suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from pydantic import TypeAdapter, ValidationError

from migrations_app.domain.errors import Conflict, Permanent, SeamError
from migrations_app.drivers.base import Observed
from migrations_app.drivers.caddy.check import findings
from migrations_app.drivers.caddy.handler import Balance, balance
from migrations_app.drivers.caddy.sheet import policy, typed
from migrations_app.wire.talk import Talk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from migrations_app.domain.finding import Finding
    from migrations_app.drivers.caddy.config import CaddyConfig
    from migrations_app.wire.deadline import Deadline

TRIES: Final = 3
_REQUESTS: Final = "/reverse_proxy/upstreams"
_COUNTS: Final = TypeAdapter(list[dict[str, str | int]])


class CaddyNode:
    """One Caddy. See `fleet.Node`."""

    def __init__(self, config: CaddyConfig) -> None:
        self._config = config
        self._talk = Talk(config)

    @property
    def address(self) -> str:
        return f"Caddy at {self._config.host}"

    def observe(self, deadline: Deadline) -> Observed:
        """GREEN's share by the weights of the configuration that Caddy runs."""
        now, etag = self._read(deadline)
        return Observed(now.share, etag, str(now), self._in_flight(now, deadline))

    def apply(self, weight: Decimal, token: str | None, deadline: Deadline) -> None:
        """Set all weights in one request, which Caddy takes only for the list it was made for."""
        for last in (False,) * (TRIES - 1) + (True,):
            now, etag = self._read(deadline)
            if token not in {None, etag}:
                raise Conflict(f"{self._config.handler} was changed since it was read.")
            try:
                return self._write(now.policy(weight), etag, deadline)
            except Conflict:
                if last or token is not None:
                    raise
        return None

    def preview(self, weight: Decimal, deadline: Deadline) -> list[str]:
        """The request, and the weights as they are; without them if Caddy can't be asked."""
        asked = f"PATCH {self._config.url}{self._config.policy_path}"
        try:
            now, etag = self._read(deadline)
        except SeamError as error:
            blind = json.dumps(policy(self._config, weight))
            return [asked, blind, f"It can't be read now: {error}"]
        return [asked, f"If-Match: {etag}", json.dumps(now.policy(weight)), f"now {now}"]

    def sheet(self, weight: Decimal) -> list[str]:
        """One line sets both sides, the other reads back."""
        return typed(self._config, weight)

    def look(self, deadline: Deadline) -> Iterator[Finding]:
        """The admin API, the handler and its upstreams, and what a flip costs."""
        return findings(self._config, lambda: self._read(deadline)[0])

    def close(self) -> None:
        self._talk.close()

    def _read(self, deadline: Deadline) -> tuple[Balance, str]:
        answer = self._talk.read(self._config.path, deadline)
        if "etag" not in answer.headers:
            raise Permanent(f"{self._config.url} gives no Etag: is it Caddy's admin API?")
        return balance(self._config, answer.body), answer.headers["etag"]

    def _write(self, wanted: dict[str, object], etag: str, deadline: Deadline) -> None:
        with closing(Talk(self._config, partial(_only_if, etag), at_once=1)) as talk:
            talk.write("PATCH", self._config.policy_path, deadline, body=wanted)

    def _in_flight(self, now: Balance, deadline: Deadline) -> int | None:
        """Requests at the side that was left. Nobody's flip fails for want of it."""
        if not now.left:
            return None
        with suppress(SeamError, ValidationError):
            counts = _COUNTS.validate_json(self._talk.read(_REQUESTS, deadline).body)
            return sum(int(one["num_requests"]) for one in counts if one["address"] in now.left)
        return None


def _only_if(etag: str) -> dict[str, str]:
    return {"if-match": etag}
