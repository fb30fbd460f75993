"""What an application says about its switch, and what share that is. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import BaseModel

from migrations_app.domain.errors import Permanent, Transient
from migrations_app.drivers.base import Observed
from migrations_app.drivers.share import combined, malformed, plain

if TYPE_CHECKING:
    from migrations_app.drivers.switch.config import SwitchConfig

NAMED = 5  # stragglers; more are counted


class Instance(BaseModel):
    name: str
    version: int
    value: str | float


class State(BaseModel):
    """The body of every answer."""

    switch: str
    values: list[str] | str
    value: str | int | float
    version: int
    instances_total: int
    instances_applied: int
    instances: list[Instance] = []

    @property
    def stragglers(self) -> list[Instance]:
        return [one for one in self.instances if one.version != self.version]

    @property
    def followed(self) -> bool:
        return self.instances_applied == self.instances_total and not self.stragglers


def share(value: str | float, config: SwitchConfig) -> Decimal:
    """GREEN's share that a value stands for; `Permanent` when it stands for none."""
    if config.words and value in config.words:
        return Decimal(config.words[str(value)])
    if not config.words and not isinstance(value, str):
        weight = Decimal(str(value))
        if malformed(weight) is None:
            return weight
    wanted = " or ".join(config.words) or "a percentage"
    raise Permanent(
        f"{config.switch} stands at {value!r:.60}, which is not {wanted}: somebody moved it to "
        "where this route has no share. Set it by hand, or correct `at_blue` and `at_green`."
    )


def observed(state: State, config: SwitchConfig) -> Observed:
    """Until every instance acts on the version, a weight that equals none asked for.

    `Transient` while fewer instances report than have to.
    """
    weight = share(state.value, config)
    if state.instances_total < config.instances:
        raise Transient(
            f"{config.switch}: {state.instances_total} instances report, and at least "
            f"{config.instances} have to. Is the application up, and does it follow its store?"
        )
    if state.followed:
        word = f"{state.value}, " if config.words else ""
        said = f"{word}{plain(weight)} % on all {state.instances_total} instances"
        return Observed(weight, str(state.version), f"{said}, version {state.version}")
    shares = {weight, *(share(one.value, config) for one in state.instances)}
    # One that nobody has, where all have the same and only the version differs.
    doubted = shares if len(shares) > 1 else {weight, Decimal(1) if weight < 50 else Decimal(99)}
    return Observed(combined(list(doubted)), str(state.version), lagging(state, weight))


def lagging(state: State, weight: Decimal) -> str:
    """Who has not followed, by name."""
    behind = state.stragglers
    named = ", ".join(f"{one.name} ({one.value}, version {one.version})" for one in behind[:NAMED])
    more = f" and {len(behind) - NAMED} more" if len(behind) > NAMED else ""
    return (
        f"{state.instances_applied} of {state.instances_total} instances follow version "
        f"{state.version} ({plain(weight)} %); not yet: {named or 'some'}{more}"
    )
