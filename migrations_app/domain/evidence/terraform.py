"""Terraform and OpenTofu: `terraform show -json PLAN`. Counts leave, and nothing else.

Source: HashiCorp, "JSON output format". A plan holds every value of every resource, secrets
too: only the actions are read. Drift is what `terraform plan -refresh-only` found changed outside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import AwareDatetime, Field

from migrations_app.domain.evidence.reading import File, parsed
from migrations_app.domain.evidence.report import Report, Unreadable, count

if TYPE_CHECKING:
    from collections.abc import Collection

_IDLE = frozenset({"no-op", "read"})


class _Change(File):
    actions: Annotated[tuple[str, ...], Field(min_length=1)]


class _Resource(File):
    change: _Change

    @property
    def does(self) -> frozenset[str]:
        return frozenset(self.change.actions)


class _Plan(File):
    format_version: str
    terraform_version: str = ""
    timestamp: AwareDatetime | None = None
    errored: bool = False
    planned_values: File | None = None
    resource_changes: tuple[_Resource, ...] = ()
    resource_drift: tuple[_Resource, ...] = ()


def report(body: bytes) -> Report:
    """`changes`, `creates`, `updates`, `deletes`, `replaces` and `drift`."""
    plan = parsed(_Plan, body, "a plan as terraform show -json writes it")
    if plan.errored:
        raise Unreadable("The plan ended with an error, so it says nothing of what would change.")
    if plan.format_version.partition(".")[0] not in {"0", "1"} or plan.planned_values is None:
        raise Unreadable("This is not a plan as terraform show -json writes it, version 1.")
    does = [one.does for one in plan.resource_changes]
    counts = {
        "changes": sum(not one <= _IDLE for one in does),
        "creates": _doing(does, {"create"}),
        "updates": _doing(does, {"update"}),
        "deletes": _doing(does, {"delete"}),
        "replaces": _doing(does, {"create", "delete"}),
        "drift": sum(not one.does <= _IDLE for one in plan.resource_drift),
    }
    return Report({name: count(many) for name, many in counts.items()}, plan.timestamp)


def _doing(does: Collection[frozenset[str]], actions: set[str]) -> int:
    return sum(one == actions for one in does)
