"""A switch inside an application, moved through the signed contract of docs/drivers/switch.md.

The application keeps a version, so a write based on an old one is refused (409); it says which of
its instances act on the version, so nothing counts as read back before all of them do.
"""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import ValidationError

from migrations_app.domain.errors import Permanent, SeamError
from migrations_app.domain.finding import Finding
from migrations_app.drivers.base import Capabilities, Observed
from migrations_app.drivers.scale import Scale
from migrations_app.drivers.share import plain
from migrations_app.drivers.switch.check import findings
from migrations_app.drivers.switch.config import SwitchConfig
from migrations_app.drivers.switch.sheet import by_hand
from migrations_app.drivers.switch.signing import key_of, signed
from migrations_app.drivers.switch.state import State, observed
from migrations_app.wire.deadline import Deadline
from migrations_app.wire.place import protection
from migrations_app.wire.talk import Talk

if TYPE_CHECKING:
    from decimal import Decimal

    from pydantic import BaseModel

PERCENT = Scale("A switch", totals=(100, 10_000))


class SwitchDriver:
    """A route through an application of ours. See `SwitchConfig` for its keys."""

    kind: ClassVar[str] = "switch"
    Config: ClassVar[type[BaseModel]] = SwitchConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        compare_and_set=True, mirror=True, finest_step="0.01"
    )
    verify_deadline: ClassVar[float] = 30.0
    read_interval: ClassVar[float] = 2.0
    tried: ClassVar[str] = "Django 5.2 and a plain ASGI application, several instances each"
    lag = 0.0

    def __init__(self, config: SwitchConfig) -> None:
        self._config = config
        self._key = key_of(config.signing_secret.get_secret_value())
        self._talk = Talk(config, sign=self._sign)

    def cannot(self, weight: Decimal) -> str | None:
        """A switch of words does 0 and 100 only. No I/O."""
        if (why := PERCENT.cannot(weight)) or not self._config.words:
            return why
        if weight in self._config.words.values():
            return None
        known = f"{self._config.at_blue} (0 %) and {self._config.at_green} (100 %)"
        return f"{self._config.switch} knows {known} only: it can't do {plain(weight)} %."

    def observe(self) -> Observed:
        """The share by the application's own account, once every instance follows it."""
        return observed(self._state(self._deadline()), self._config)

    def apply(self, weight: Decimal, token: str | None) -> None:
        """One signed request. With a token only from that version on."""
        body = self._body(weight, None if token is None else int(token), f"warroom-{uuid.uuid4()}")
        self._talk.write("PUT", self._config.path, self._deadline(), body=body)

    def preview(self, weight: Decimal) -> list[str]:
        """The request, and where the switch stands now."""
        value = self._value(weight)
        line = f"PUT {self._config.host}{self._config.path}: {self._config.switch} = {value}"
        try:
            now = self.observe().detail
        except SeamError as error:
            return [line, f"It can't be read: {error}"]
        return [line, f"Now: {now}."]

    def manual_commands(self, weight: Decimal) -> list[str]:
        """Shell lines with `$WARROOM_SWITCH_SECRET`, which set it whatever version it is at."""
        return by_hand(self._config, self._value(weight))

    def check(self) -> list[Finding]:
        """Reachable, ours by its signature, the values we need, and every instance following."""
        found = protection(self._config, "where the switch stands")
        try:
            return [*found, *findings(self._state(self._deadline()), self._config)]
        except SeamError as error:
            return [*found, Finding(ok=False, what=self._config.host, sentence=str(error))]

    def close(self) -> None:
        self._talk.close()

    def _state(self, deadline: Deadline) -> State:
        answer = self._talk.read(self._config.path, deadline)
        try:
            state = State.model_validate_json(answer.body)
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors()[0]["loc"]) or "its JSON"
            raise Permanent(
                f"{self._config.host} answers, but not as the contract of switches says (at "
                f"{where}): check the address, and the application's side of the contract."
            ) from None
        if state.switch != self._config.switch:
            raise Permanent(f"{self._config.host} answered about another switch, {state.switch}.")
        return state

    def _body(self, weight: Decimal, version: int | None, key: str) -> dict[str, Any]:
        return {
            "switch": self._config.switch,
            "value": self._value(weight),
            "expected_version": version,
            "idempotency_key": key,
            "reason": f"Warroom: GREEN {plain(weight)} %",
        }

    def _value(self, weight: Decimal) -> str | float:
        if why := self.cannot(weight):
            raise Permanent(why)
        if self._config.words:
            return next(word for word, share in self._config.words.items() if share == weight)
        return int(weight) if weight == weight.to_integral_value() else float(weight)

    def _sign(self, body: bytes) -> dict[str, str]:
        """A change is named by its key, a question by a name of its own."""
        key = json.loads(body)["idempotency_key"] if body else f"read-{uuid.uuid4()}"
        return signed(self._key, key, int(time.time()), body)

    def _deadline(self) -> Deadline:
        return Deadline(self._config.timeout.total_seconds())
