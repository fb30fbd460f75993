"""What would keep a switch from doing what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.errors import SeamError
from migrations_app.domain.finding import Finding
from migrations_app.drivers.switch.state import lagging, observed, share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.switch.config import SwitchConfig
    from migrations_app.drivers.switch.state import State


def findings(state: State, config: SwitchConfig) -> list[Finding]:
    """Of an application that answered."""
    return [_values(state, config), *_road(config), *_instances(state, config)]


def _values(state: State, config: SwitchConfig) -> Finding:
    known = [state.values] if isinstance(state.values, str) else state.values
    wanted = list(config.words) or ["percent"]
    if missing := [word for word in wanted if word not in known]:
        sentence = (
            f"It takes {', '.join(known)}, and not {', '.join(missing)}: correct one of the two."
        )
        return Finding(ok=False, what=config.switch, sentence=sentence)
    return Finding(
        ok=True, what=config.switch, sentence=f"It answers, and takes {', '.join(known)}."
    )


def _road(config: SwitchConfig) -> Iterator[Finding]:
    if config.url.startswith("http:") and not config.local:
        sentence = (
            "Our requests are signed, its answers are not: over http anybody on the way can forge "
            "where the switch stands. Use https."
        )
        yield Finding(ok=False, what="protection", sentence=sentence)


def _instances(state: State, config: SwitchConfig) -> Iterator[Finding]:
    try:
        seen = observed(state, config)
    except SeamError as error:
        yield Finding(ok=False, what="instances", sentence=str(error))
        return
    if not state.followed:
        sentence = f"{lagging(state, share(state.value, config))}. Restart those, or take them out."
        yield Finding(ok=False, what="instances", sentence=sentence)
        return
    yield Finding(ok=True, what="instances", sentence=f"It stands at {seen.detail}.")
