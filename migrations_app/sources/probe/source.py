"""Addresses on the network: connections, handshakes, certificates.

What a probe is told counts; what it is not told doesn't. A refused connection is a fact (`connects`
is 0). Silence is NO_DATA (`timeout`), as it may be our own road that is broken; a check that has to
act on silence says `on_no_data: rollback`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from migrations_app.domain.finding import Finding
from migrations_app.sources.asked import parsed
from migrations_app.sources.at_once import AtOnce
from migrations_app.sources.present import Present
from migrations_app.sources.probe.config import ProbeConfig
from migrations_app.sources.probe.touch import (
    Trust,
    connect_ms,
    connects,
    days_left,
    handshake_ms,
    trusted,
)
from migrations_app.sources.value import NoValue, unfit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic import BaseModel

    from migrations_app.sources.asked import Asked
    from migrations_app.sources.value import Value

    Touch = Callable[[float], Value]

FORMS: Final = {
    "connects": "connects(target)",
    "connect_ms": "connect_ms(target)",
    "tls_ms": "tls_ms(target)",
    "cert_days": "cert_days(target)",
    "cert_ok": "cert_ok(target)",
}
_PLAIN: Final = {"connects": connects, "connect_ms": connect_ms}
_NAMED: Final = {"cert_days": days_left, "cert_ok": trusted}
_MOST: Final = dict.fromkeys(FORMS, 1)
_LATE: Final = "no answer in time"


class ProbeSource(Present):
    """Every question is a connection of its own."""

    kind: ClassVar[str] = "probe"
    Config: ClassVar[type[BaseModel]] = ProbeConfig
    tried: ClassVar[str] = "Python's own TLS server"

    def __init__(self, config: ProbeConfig) -> None:
        self._config = config
        self._trust = Trust(config.ca_file)
        self._at_once = AtOnce(config.concurrency, "probe")

    def __repr__(self) -> str:
        return f"ProbeSource({', '.join(sorted(self._config.targets))})"

    def values(self, texts: Sequence[str]) -> list[Value]:
        """All at once. What is written wrongly is not tried."""
        touches = [self._touch(text) for text in texts]
        works = [one for one in touches if not isinstance(one, NoValue)]
        found = iter(self._at_once.run(works, self._seconds, _LATE))
        return [one if isinstance(one, NoValue) else next(found) for one in touches]

    def check(self) -> list[Finding]:
        """Whether each target takes connections, and with a certificate that clients trust."""
        names = sorted(self._config.targets)
        how = ["cert_ok" if self._config.address(name).tls else "connect_ms" for name in names]
        values = self.values([f"{one}({name})" for one, name in zip(how, names, strict=True)])
        return [self._finding(*pair) for pair in zip(names, values, strict=True)]

    def close(self) -> None:
        """Readings asked for afterwards are `ERROR`."""
        self._at_once.close()

    @property
    def _seconds(self) -> float:
        return self._config.timeout.total_seconds()

    def _touch(self, text: str) -> Touch | NoValue:
        asked = parsed(text, _MOST)
        if isinstance(asked, NoValue):
            return asked
        if len(asked.args) != 1:
            return unfit(f"write it as {FORMS[asked.name]}")
        if asked.args[0] not in self._config.targets:
            return unfit(f"there is no such target; known: {', '.join(self._config.targets)}")
        return self._work(asked)

    def _work(self, asked: Asked) -> Touch | NoValue:
        address = self._config.address(asked.args[0])
        if asked.name in _PLAIN:
            return partial(_PLAIN[asked.name], address)
        if not address.tls:
            return unfit(f"{asked.args[0]} is a plain tcp:// address and has no certificate")
        if asked.name == "tls_ms":
            return partial(handshake_ms, address, self._trust)
        name = self._config.server_name(asked.args[0])
        return partial(_NAMED[asked.name], address, name, self._trust)

    def _finding(self, name: str, value: Value) -> Finding:
        what = f"{name} ({self._config.address(name)})"
        if isinstance(value, NoValue):
            return Finding(ok=False, what=what, sentence=value.detail)
        if self._config.address(name).tls and not value:
            sentence = (
                f"takes connections, but no client would trust its certificate for "
                f"{self._config.server_name(name)}; set ca_file or server_names, or renew it"
            )
            return Finding(ok=False, what=what, sentence=sentence)
        return Finding(ok=True, what=what, sentence="takes connections")
