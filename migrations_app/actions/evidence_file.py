"""From a tool's result file to evidence for a check: the check's query names the number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from migrations_app.actions.steps import Evidence
from migrations_app.domain.errors import Refused
from migrations_app.domain.evidence import TOOLS, Unreadable, measure_for
from migrations_app.domain.plan.problem import nearest
from migrations_app.models import Run
from migrations_app.models.clock import db_now
from migrations_app.reads.plans import plan_of

if TYPE_CHECKING:
    from datetime import datetime

    from migrations_app.domain.evidence import Report
    from migrations_app.domain.plan.check import Check

LONGEST: Final = 8 * 1024 * 1024
"""Bytes of a file. Plans of a thousand resources have a few."""
_AHEAD: Final = timedelta(minutes=1)
"""How far a tool's clock may be ahead of ours and still mean now."""


@dataclass(frozen=True, slots=True)
class File:
    """What was handed in: for which check, of which tool, and for how long it counts."""

    check: str
    tool: str
    body: bytes
    lasts: timedelta


def read(run_id: int, file: File) -> Evidence:
    """The one number that the check asks for. `Refused` with a sentence; repeats nothing of it."""
    if file.tool not in TOOLS:
        hint = nearest(file.tool, TOOLS)
        raise Refused("unknown_tool", f'There is no tool "{file.tool:.40}".{hint}')
    spec = _check(run_id, file.check)
    try:
        report = TOOLS[file.tool].read(file.body)
        value = measure_for(report, spec.query).in_unit(spec.unit)
    except Unreadable as why:
        raise Refused("unreadable", str(why)) from None
    except ValueError as why:
        raise Refused("unit", f'"{spec.query.strip():.80}" does not fit the check: {why}') from None
    sampled = _sampled(report, db_now())
    return Evidence(
        check=spec.name, value=value, sampled_at=sampled, expires_at=sampled + file.lasts,
        samples=report.samples, tool=file.tool, file=sha256(file.body).hexdigest(),
    )  # fmt: skip


def _check(run_id: int, name: str) -> Check:
    run = Run.objects.filter(pk=run_id).first()
    if run is None:
        raise Refused("unknown_run", f"There is no run {run_id}.")
    checks = {one.name: one for one in plan_of(run).plan.checks}
    if name not in checks:
        raise Refused("unknown_check", f'There is no check "{name:.80}".{nearest(name, checks)}')
    return checks[name]


def _sampled(report: Report, now: datetime) -> datetime:
    """When it was measured; now, where the file doesn't say."""
    said = report.sampled_at
    return now if said is None or now < said <= now + _AHEAD else said
