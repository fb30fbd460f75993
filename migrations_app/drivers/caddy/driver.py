"""Caddy: the weights of a `reverse_proxy` with weighted round robin, through its admin API.

Caddy's `Etag` and `If-Match` cover the whole handler, so weights are never written against another
list of upstreams than the one they were made for. Every write makes Caddy start its servers anew,
and a few requests under load are lost in that: measured, and said by `check`.
"""

from __future__ import annotations

import json
from contextlib import closing, suppress
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import TypeAdapter, ValidationError

from migrations_app.domain.errors import Conflict, Permanent, SeamError
from migrations_app.drivers.base import Capabilities, Observed
from migrations_app.drivers.caddy.check import findings
from migrations_app.drivers.caddy.config import CaddyConfig
from migrations_app.drivers.caddy.handler import Balance, balance
from migrations_app.drivers.caddy.sheet import policy, typed
from migrations_app.drivers.share import malformed
from migrations_app.wire.deadline import Deadline
from migrations_app.wire.talk import Talk

if TYPE_CHECKING:
    from decimal import Decimal

    from pydantic import BaseModel

    from migrations_app.domain.finding import Finding

TRIES: Final = 3
_REQUESTS: Final = "/reverse_proxy/upstreams"
_COUNTS: Final = TypeAdapter(list[dict[str, str | int]])


class CaddyDriver:
    """A route whose sides are upstreams of a Caddy handler. See `CaddyConfig` for its keys."""

    kind: ClassVar[str] = "caddy"
    Config: ClassVar[type[BaseModel]] = CaddyConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        compare_and_set=True, in_flight=True, finest_step="0.01"
    )
    verify_deadline: ClassVar[float] = 10.0
    read_interval: ClassVar[float] = 2.0
    tried: ClassVar[str] = "Caddy 2.11"
    lag = 0.0

    def __init__(self, config: CaddyConfig) -> None:
        self._config = config
        self._talk = Talk(config)

    def cannot(self, weight: Decimal) -> str | None:
        """Every weight of two decimals can be set."""
        return malformed(weight)

    def observe(self) -> Observed:
        """GREEN's share by the weights of the configuration that Caddy runs."""
        deadline = self._deadline()
        now, etag = self._read(deadline)
        return Observed(now.share, etag, str(now), self._in_flight(now, deadline))

    def apply(self, weight: Decimal, token: str | None) -> None:
        """Set all weights in one request, which Caddy takes only for the list it was made for."""
        self._refuse(weight)
        deadline = self._deadline()
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

    def preview(self, weight: Decimal) -> list[str]:
        """The request, and the weights as they are; without them if Caddy can't be asked."""
        self._refuse(weight)
        asked = f"PATCH {self._config.url}{self._config.policy_path}"
        try:
            now, etag = self._read(self._deadline())
        except SeamError as error:
            blind = json.dumps(policy(self._config, weight))
            return [asked, blind, f"It can't be read now: {error}"]
        return [asked, f"If-Match: {etag}", json.dumps(now.policy(weight)), f"now {now}"]

    def manual_commands(self, weight: Decimal) -> list[str]:
        """One line sets both sides, the other reads back."""
        self._refuse(weight)
        return typed(self._config, weight)

    def check(self) -> list[Finding]:
        """The admin API, the handler and its upstreams, and what a flip costs."""
        deadline = self._deadline()
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

    def _refuse(self, weight: Decimal) -> None:
        if why := self.cannot(weight):
            raise Permanent(why)

    def _deadline(self) -> Deadline:
        return Deadline(self._config.timeout.total_seconds())


def _only_if(etag: str) -> dict[str, str]:
    return {"if-match": etag}
