"""A word as a runbook gives it, and its query as Prometheus is asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from migrations_app.domain.ready import CATALOGUE

if TYPE_CHECKING:
    from pydantic import JsonValue

GIVEN: Final[dict[str, JsonValue]] = {
    "connector": 'server="orders"',
    "depth": "jobs_waiting",
    "group": "orders",
    "least": 20,
    "most": 30,
    "queue": 'queue="mail"',
    "replicas": 'role="replica"',
    "service": 'svc="orders"',
    "slot": "orders_sub",
    "task": "T1",
}
VARS: Final = {"green": 'svc="orders",track="green"', "blue": 'svc="orders",track="blue"'}


def needed(word: str) -> dict[str, JsonValue]:
    """A value for each parameter that has no default."""
    return {name: GIVEN[name] for name in CATALOGUE[word].required}


def asked(text: str) -> str:
    """With something in the place of every placeholder."""
    return re.sub(r"\$\{var:\w+\}", 'a="b"', text).replace("${window}", "5m")
