"""Sources that are looked up in our own tables, and the function that does it for each kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from migrations_app.conductor import alerts, parity_found, pushed, seams
from migrations_app.domain.reading import Query, Reading
from migrations_app.sources.looked_up import Asker, LookedUp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

    from migrations_app.domain.finding import Finding
    from migrations_app.domain.plan.environment import SourceBinding
    from migrations_app.sources.base import Source

Find = Callable[[Asker, Query, datetime], Reading | None]

FINDS: Final[Mapping[str, Find]] = {
    "alerts": alerts.firing,
    "parity": parity_found.newest,
    "pushed": pushed.newest,
}
"""Every looked-up kind. A lookup reads rows, writes none, and answers in the query's name."""

HEARD: Final[Mapping[str, Callable[[BaseModel, datetime], Finding]]] = {"alerts": alerts.heard}
"""Kinds of which the rows say whether anything comes in at all."""


def source(run_id: int, name: str, binding: SourceBinding) -> Source:
    """The source called `name` of a run. One that is looked up comes with its answers at hand."""
    found = seams.source(binding.kind, binding.config, f"sources.{name}")
    if not isinstance(found, LookedUp):
        return found
    asker = Asker(run_id, name, found.config)
    return found.asking(partial(FINDS[binding.kind], asker))


def heard(name: str, binding: SourceBinding, at: datetime) -> list[Finding]:
    """What the rows of a looked-up source say of it now. `ConfigError` where it can't be built."""
    if binding.kind not in HEARD:
        return []
    found = seams.source(binding.kind, binding.config, f"sources.{name}")
    assert isinstance(found, LookedUp)  # noqa: S101 (every kind that is heard is one)
    return [HEARD[binding.kind](found.config, at)]
