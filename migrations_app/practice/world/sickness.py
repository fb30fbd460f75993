"""How ill one side is made to be. In memory only: a restart cures."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from migrations_app.practice.world.knobs import knobs

HIGHEST = {"errors": 1.0, "latency_ms": 10_000.0, "lag_s": 300.0, "mismatch": 1.0}


@dataclass(frozen=True, slots=True)
class Sickness:
    """`errors` and `mismatch` are shares of requests and of orders, 0 to 1; healthy is all 0.

    `latency_ms` is added to every request; `lag_s` holds back the other side's changes.
    """

    errors: float = 0.0
    latency_ms: float = 0.0
    lag_s: float = 0.0
    mismatch: float = 0.0

    def as_json(self) -> dict[str, float]:
        return asdict(self)


def parse(body: bytes) -> Sickness:
    """The sickness a JSON object asks for; what it leaves out is healthy.

    `BadKnob` says in a sentence what is wrong with it.
    """
    return Sickness(**knobs(body, HIGHEST))
