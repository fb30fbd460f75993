"""A pass without a run: nothing is written down, and whoever started it waits for its end."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.conductor import seams
from migrations_app.domain.errors import ConfigError, Permanent
from migrations_app.domain.parity.ask import KIND
from migrations_app.domain.parity.progress import Progress, Stage
from migrations_app.domain.plan.problem import nearest
from migrations_app.sources.base import SOURCES
from migrations_app.sources.parity.config import ParityConfig
from migrations_app.sources.parity.visit import pause, visit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from migrations_app.domain.parity.progress import Found
    from migrations_app.domain.plan.schema import Plan
    from migrations_app.sources.parity.visit import Visit


@dataclass(frozen=True, slots=True)
class Compared:
    """One table at its end. `trouble`: why it can't be compared; empty if it was."""

    table: str
    done: Progress
    found: tuple[Found, ...] = ()
    trouble: str = ""


def configs(plan: Plan, environment: str) -> dict[str, ParityConfig]:
    """Every source there that compares databases, asked by a check or not. `ConfigError` where
    there is none."""
    if environment not in plan.environments:
        hint = nearest(environment, plan.environments)
        raise ConfigError(f'there is no environment "{environment}".{hint}', "environments")
    found = {}
    for name, binding in plan.environments[environment].sources.items():
        if binding.kind == KIND:
            source = seams.build(SOURCES, KIND, binding.config, f"sources.{name}")
            config = getattr(source, "config", None)
            assert isinstance(config, ParityConfig)  # noqa: S101 (the kind says so)
            found[name] = config
    if not found:
        raise ConfigError(f"{environment} has no source of the kind {KIND}", "sources")
    return found


def alone(
    config: ParityConfig, tables: Sequence[str], tell: Callable[[str, Progress], None]
) -> Iterator[Compared]:
    """Each table once, at the pace of the configuration. `tell` hears of every step. Raises a
    `SeamError` where a database is away: nothing is taken up again."""
    with visit(config) as open_:
        for table in tables:
            try:
                yield _one(open_, table, tell)
            except Permanent as error:
                yield Compared(table, Progress(), trouble=str(error))


def _one(open_: Visit, table: str, tell: Callable[[str, Progress], None]) -> Compared:
    config = open_.config
    known = Progress(chunk=config.chunk)
    found: tuple[Found, ...] = ()
    while known.stage is not Stage.DONE:
        _wait_for_brakes(open_)
        began = time.monotonic()
        done = open_.step(table, known)
        known, found = done.progress, (*found, *done.found)
        tell(table, known)
        rest = pause(done.read, config.rows_per_second, time.monotonic() - began)
        time.sleep(max(rest, config.settle.total_seconds() if done.settle else 0.0))
    return Compared(table, known, found)


def _wait_for_brakes(open_: Visit) -> None:
    while open_.config.brakes and open_.held_back():
        time.sleep(1.0)
