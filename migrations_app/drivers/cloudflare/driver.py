"""Cloudflare Load Balancing: pools of a load balancer, or origins of a pool, by weight.

Cloudflare keeps no version: the token is a digest of what was read, compared with what is there
just before the write; another hand within that round trip is not seen. Unverified against
Cloudflare: how long its edge takes after a change was answered, and what it does with two weights
of 0.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from migrations_app.domain.errors import Conflict, Permanent, SeamError
from migrations_app.domain.finding import Finding
from migrations_app.drivers.base import Capabilities, Observed
from migrations_app.drivers.cloudflare.config import SCALE, CloudflareConfig
from migrations_app.drivers.cloudflare.health import findings
from migrations_app.drivers.cloudflare.origins import Origins
from migrations_app.drivers.cloudflare.pools import Pools
from migrations_app.drivers.cloudflare.sheet import change, sheet
from migrations_app.drivers.cloudflare.steering import known, share
from migrations_app.drivers.digest import digest
from migrations_app.wire.deadline import Deadline
from migrations_app.wire.place import protection
from migrations_app.wire.shape import shaped
from migrations_app.wire.talk import Talk, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from pydantic import BaseModel

    from migrations_app.drivers.cloudflare.steering import Result, Steering
    from migrations_app.drivers.scale import Parts
    from migrations_app.wire.answer import Answer


class CloudflareDriver:
    """See `CloudflareConfig` for its keys. Its `repr` shows the host and nothing else."""

    kind: ClassVar[str] = "cloudflare-lb"
    Config: ClassVar[type[BaseModel]] = CloudflareConfig
    capabilities: ClassVar[Capabilities] = Capabilities(compare_and_set=True, just_before=True)
    verify_deadline: ClassVar[float] = 60.0
    read_interval: ClassVar[float] = 10.0  # 1,200 requests in five minutes are all a user has
    tried: ClassVar[str] = "a fake with Cloudflare's envelope, ranges and throttling"

    def __init__(self, config: CloudflareConfig) -> None:
        self._config = config
        self._steering: Steering = Pools(config) if config.load_balancer else Origins(config)
        self._talk = Talk(
            config, lambda: {"authorization": f"Bearer {config.token.get_secret_value()}"}
        )

    def __repr__(self) -> str:
        return f"CloudflareDriver({self._config.host})"

    @property
    def lag(self) -> float:
        return float(self._config.ttl)

    def cannot(self, weight: Decimal) -> str | None:
        return SCALE.cannot(weight)

    def observe(self) -> Observed:
        """GREEN's share by the weights. Both at 0 is a share that nobody asks for."""
        result = self._read(self._deadline())
        blue, green = self._sides(result)
        token = digest(self._steering.compared(result))
        return Observed(share(blue, green), token, _told(blue, green))

    def apply(self, weight: Decimal, token: str | None) -> None:
        """Both sides in one request."""
        parts, deadline = self._parts(weight), self._deadline()
        result = self._read(deadline)
        if token is not None and token != digest(self._steering.compared(result)):
            raise Conflict(f"{self._steering.said} was changed since it was read.")
        self._sides(result)
        body = self._steering.body(result, parts)
        _result(self._talk.write("PATCH", self._steering.path, deadline, body=body))

    def preview(self, weight: Decimal) -> list[str]:
        parts = self._parts(weight)
        try:
            now = "now " + _told(*self._sides(self._read(self._deadline())))
        except SeamError as error:
            now = f"now unknown: {error}"
        return [change(self._steering, parts, now)]

    def manual_commands(self, weight: Decimal) -> list[str]:
        """`curl` and `jq`, with the API token as `$TOKEN`."""
        return sheet(self._config, self._steering, self._parts(weight))

    def check(self) -> list[Finding]:
        return list(self._examine(self._deadline()))

    def close(self) -> None:
        self._talk.close()

    def _examine(self, deadline: Deadline) -> Iterator[Finding]:
        yield from protection(self._config, "the weights we read")
        try:
            result = self._read(deadline)
            yield from self._steering.findings(result)
            self._sides(result)
            yield Finding(ok=True, what=self._steering.said, sentence="both sides are there.")
            yield from findings(self._config, result, partial(self._at, deadline))
        except SeamError as error:
            yield Finding(ok=False, what=self._steering.said, sentence=str(error))

    def _read(self, deadline: Deadline) -> Result:
        result = self._at(deadline, self._steering.path)
        return shaped(self._steering.shape, result, self._steering.said)

    def _at(self, deadline: Deadline, path: str) -> Result:
        return _result(self._talk.read(path, deadline))

    def _sides(self, result: Result) -> tuple[float, float]:
        weights = self._steering.weights(result)
        return known(weights, self._config.blue, self._config.green, self._steering.said)

    def _parts(self, weight: Decimal) -> Parts:
        if why := self.cannot(weight):
            raise Permanent(why)
        return SCALE.parts(weight)

    def _deadline(self) -> Deadline:
        return Deadline(self._config.timeout.total_seconds())


def _told(blue: float, green: float) -> str:
    """In hundredths, as people think of them."""
    return f"blue {blue * 100:g}/100, green {green * 100:g}/100"


def _result(answer: Answer) -> Result:
    """Cloudflare wraps everything, and may refuse inside of a 200."""
    try:
        told: Any = answer.json()
        if told["success"] is not True:
            raise Permanent(f"Cloudflare refuses: {words_of(answer)}")
        result: Result = told["result"] or {}
    except (ValueError, KeyError, TypeError):
        raise Permanent("What answered is not Cloudflare's API: check url.") from None
    return result
