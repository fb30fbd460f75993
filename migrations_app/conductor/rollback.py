"""Roll back now, in this process: latch, move every route, write it down, read it back.

Needs PostgreSQL and the planes themselves; no Redis, no Celery, no other process of ours.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import OperationalError, connections

from migrations_app.actions import engine, rollback
from migrations_app.conductor.reconcile import reconcile
from migrations_app.domain.errors import Refused
from migrations_app.models import Flip, Route, Run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from migrations_app.actions.rollback import Back
    from migrations_app.domain.actor import Actor

log = logging.getLogger(__name__)

RANK_BUDGET_S = 6.0
_WRITE_DOWN_MS = 300


@dataclass(frozen=True, slots=True)
class Returned:
    """One route's way back: three separate facts, each None until it is one."""

    route: str
    requested_at: datetime | None
    applied_at: datetime | None
    confirmed_at: datetime | None
    trouble: str


def roll_back(run_id: int, actor: Actor, back: Back) -> list[Returned]:
    """Bring every route of the run back to its baseline, rank by rank, equal ranks at once.

    The weights come first: as soon as the latch is committed. Then the books are brought in line,
    and every route is read back once more and confirmed in them.

    Refused only for want of the role, where there is nothing to bring back, or until the phase's
    name is typed past the point of no return: then the weights are frozen where they are.
    """
    call(run_id, actor, back)
    return bring_back(run_id)


def call(run_id: int, actor: Actor, back: Back) -> None:
    """The first half: the latch. Once it is committed, whoever dies, the run goes back."""
    try:
        rollback.latch(run_id, actor, back)
    except Refused as refused:
        if refused.code == "typed_name":
            engine.freeze(run_id, f"{actor.name} asked to go back past the point of no return", {})
        raise


def bring_back(run_id: int) -> list[Returned]:
    """The second half, of a run that is latched: move, write it down, read back."""
    ranks = list(_ranks(run_id))
    _move_all(ranks)
    write_down(run_id, _WRITE_DOWN_MS)
    _move_all(ranks)
    return returned(run_id)


def write_down(run_id: int, patience_ms: int) -> None:
    """Write the latch into the run; if its row can't be had now, the poller does it."""
    try:
        rollback.write_down(run_id, patience_ms)
    except (Refused, OperationalError) as error:
        log.warning("run %s is latched, but not written down yet: %s", run_id, error)


def returned(run_id: int) -> list[Returned]:
    """How far every route's way back is."""
    run = Run.objects.get(pk=run_id)
    flips = Flip.objects.filter(route__run=run, leg=run.leg, purpose="rollback")
    newest = {flip.route_id: flip for flip in flips.order_by("id")}
    routes = Route.objects.filter(run=run).order_by("rank", "position")
    return [_returned(route, newest.get(route.pk)) for route in routes]


def _returned(route: Route, flip: Flip | None) -> Returned:
    if flip is None:
        return Returned(route.name, None, None, None, route.trouble)
    trouble = flip.failure or route.trouble
    return Returned(route.name, flip.requested_at, flip.applied_at, flip.confirmed_at, trouble)


def _ranks(run_id: int) -> Iterator[Sequence[int]]:
    ranks: dict[int, list[int]] = defaultdict(list)
    for route in Route.objects.filter(run_id=run_id).order_by("rank", "position"):
        ranks[route.rank].append(route.pk)
    yield from (ranks[rank] for rank in sorted(ranks))


def _move_all(ranks: Sequence[Sequence[int]]) -> None:
    """Rank by rank. Nothing waits for a lone route, so it is moved here and now."""
    if len(ranks) == 1 and len(ranks[0]) == 1:
        _one(ranks[0][0])
        return
    for routes in ranks:
        _move(routes)


def _move(routes: Sequence[int]) -> None:
    """All routes of one rank at once. One that is stuck does not stop the next rank for long."""
    pool = ThreadPoolExecutor(len(routes), thread_name_prefix="rollback")
    try:
        moving = [pool.submit(copy_context().run, _in_thread, route) for route in routes]
        wait(moving, timeout=RANK_BUDGET_S)
    finally:
        pool.shutdown(wait=False)


def _in_thread(route_id: int) -> None:
    try:
        _one(route_id)
    finally:
        connections.close_all()


def _one(route_id: int) -> None:
    try:
        reconcile(route_id, force=True)
    except Exception:
        log.exception("route %s could not be brought back now; the reconciler goes on", route_id)
