"""Ready-made checks: one word in a runbook, written out as an ordinary check."""

from migrations_app.domain.ready.catalogue import CATALOGUE, GROUPS
from migrations_app.domain.ready.expand import NotReady, written_out
from migrations_app.domain.ready.shape import Group, Param, ParamKind, Ready

__all__ = [
    "CATALOGUE",
    "GROUPS",
    "Group",
    "NotReady",
    "Param",
    "ParamKind",
    "Ready",
    "written_out",
]
