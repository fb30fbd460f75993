"""Every ready-made check, by word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from migrations_app.domain.ready.budgets import BURN
from migrations_app.domain.ready.business import CACHES, CUSTOMERS, DATABASES
from migrations_app.domain.ready.golden import ERRORS, LATENCY, TRAFFIC
from migrations_app.domain.ready.lag import LAG, QUEUES
from migrations_app.domain.ready.saturation import SATURATION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrations_app.domain.ready.shape import Group, Ready

GROUPS: Final[tuple[Group, ...]] = (
    ERRORS, LATENCY, TRAFFIC, SATURATION, BURN, LAG, QUEUES, CUSTOMERS, CACHES, DATABASES,
)  # fmt: skip

CATALOGUE: Final[Mapping[str, Ready]] = {
    entry.word: entry for group in GROUPS for entry in group.entries
}
