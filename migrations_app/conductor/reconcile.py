"""Drive one route to what ought to be, and read it back. Called again and again, by anyone.

Intent before the write, read-back after it, and never a row lock across a vendor's call.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.actions import shift
from migrations_app.actions.shift import ReadBack
from migrations_app.conductor import lease as leases
from migrations_app.conductor import orders, seams
from migrations_app.domain.about import decision, latched
from migrations_app.domain.errors import (
    Conflict,
    Permanent,
    SeamError,
    Transient,
    UnknownOutcome,
    WarroomError,
)
from migrations_app.domain.reconcile import Do, decide
from migrations_app.domain.trail import begun, doing
from migrations_app.models import Attempt
from migrations_app.models.clock import ClockTimestamp

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from migrations_app.conductor.lease import Lease
    from migrations_app.conductor.orders import Standing
    from migrations_app.domain.about import Fact
    from migrations_app.drivers.base import Driver, Observed
    from migrations_app.models import Flip

log = logging.getLogger(__name__)

_LOOKS_S = (0.0, 0.01, 0.03, 0.1, 0.2, 0.4)
"""Pauses between read-backs after a write; what takes longer is left to the next visit."""

_SOON_S = 0.3


def reconcile(route_id: int, *, force: bool = False) -> bool:
    """One visit to a route. False when somebody else is at it (never, with `force`)."""
    lease = leases.take(route_id, force=force)
    if lease is None:
        return False
    again_in: float | None = _SOON_S
    try:
        again_in = _visit(lease)
    except WarroomError as error:
        shift.trouble(route_id, str(error))
    finally:
        leases.give_back(lease, again_in)
    return True


def _visit(lease: Lease) -> float | None:
    """Do what is to be done; returns in how many seconds to come again, None for never."""
    first = orders.standing(lease.route_id)
    if first.over:
        return None
    with _followed(first):
        return _drive(lease, first)


def _followed(standing: Standing) -> AbstractContextManager[None]:
    """A visit for the sake of a decision goes on with its trail; a routine one leaves none."""
    route, flip = standing.route, standing.flip
    facts: dict[str, Fact] = {"run": route.run_id, "route": route.name}
    if standing.order.latched:
        facts["latch"] = latched(route.run_id, route.run.leg)
    if flip is None:
        return doing("visit", **facts)
    return _on_trail(flip, facts | {"decision": decision(route.run_id, flip.revision)})


def _on_trail(flip: Flip, facts: Mapping[str, Fact]) -> AbstractContextManager[None]:
    """From what the flip carries, whichever process this is."""
    return begun("visit", flip.trace, **facts) if flip.trace else doing("visit", **facts)


def _drive(lease: Lease, first: Standing) -> float | None:
    visit = _Visit(lease, _driver(first))
    seen = None if first.hurries else visit.look()
    standing = _again(first)
    if standing.order.asked and standing.order.turn and standing.flip is not None:
        orders.begin(standing.flip)
    done = visit.act(standing, seen)
    return visit.driver.read_interval if done else _SOON_S


def _again(standing: Standing) -> Standing:
    """What ought to be, as of now. Where there is a latch it stays the baseline for as long as a
    visit may last, so that the way back is not asked twice."""
    return standing if standing.order.latched else orders.standing(standing.route.pk)


def _driver(standing: Standing) -> Driver:
    route = standing.route
    return seams.driver(route.kind, route.config, f"routes.{route.name}")


@dataclass(slots=True)
class _Visit:
    """One lease's worth of work at one driver. `unread`: why the plane can't be read, if so."""

    lease: Lease
    driver: Driver
    unread: str = ""

    def look(self) -> Observed | None:
        try:
            with doing("observe"):
                seen = self.driver.observe()
        except SeamError as error:
            self.unread = str(error)
            return None
        self.unread = ""
        return seen

    def act(self, standing: Standing, seen: Observed | None) -> bool:
        """True when the route is as it ought to be."""
        match decide(standing.order, None if seen is None else seen.weight):
            case Do.NOTHING:
                return self._routine(standing, seen)
            case Do.WAIT:
                return self._wait(standing, seen)
            case Do.CONFIRM:
                return self._confirm(standing, seen)
            case Do.APPLY | Do.REPAIR as do:
                return self._write(standing, seen, do)
            case Do.DRIFT:
                return self._drift(seen)

    def _routine(self, standing: Standing, seen: Observed | None) -> bool:
        assert seen is not None  # noqa: S101 (NOTHING is decided on a reading only)
        route = standing.route
        if route.trouble or route.drift_since is not None:
            shift.back_in_line(route.pk, _read_back(seen))
        else:
            leases.write_seen(self.lease, seen)
        return True

    def _wait(self, standing: Standing, seen: Observed | None) -> bool:
        if seen is not None:
            return self._routine(standing, seen)
        shift.trouble(standing.route.pk, self.unread)
        self._overdue(standing, self.unread)
        return False

    def _confirm(self, standing: Standing, seen: Observed | None) -> bool:
        assert seen is not None and standing.flip is not None  # noqa: S101, PT018 (see decide)
        shift.confirm(standing.flip.pk, _read_back(seen))
        return True

    def _drift(self, seen: Observed | None) -> bool:
        assert seen is not None  # noqa: S101 (DRIFT is decided on a reading only)
        shift.drifted(self.lease.route_id, self.lease.epoch, _read_back(seen))
        leases.write_seen(self.lease, seen)
        return True

    def _write(self, standing: Standing, seen: Observed | None, do: Do) -> bool:
        token = None if seen is None or standing.order.latched else seen.token
        trouble = self._attempt(standing, token)
        now = _again(standing)
        read = self._read_back(now)
        if read is not None and read.weight == now.order.weight:
            return self._landed(now, seen, read, do)
        if self.unread:
            shift.trouble(now.route.pk, self.unread)
        self._overdue(now, trouble or self.unread or _not_there(read))
        if now.flip is None and now.restored and not self.unread:
            shift.astray(now.route.pk, trouble or _not_there(read))
        return False

    def _landed(self, standing: Standing, before: Observed | None, read: Observed, do: Do) -> bool:
        if do is Do.REPAIR and before is not None and standing.restored:
            shift.repaired(standing.route.pk, _read_back(before))
        if standing.flip is not None:
            return self._confirm(standing, read)
        return self._routine(standing, read)

    def _attempt(self, standing: Standing, token: str | None) -> str:
        """Write once. Returns why it may not have worked, empty if the plane said yes."""
        attempt = Attempt.objects.create(
            route=standing.route, flip=standing.flip, epoch=self.lease.epoch, owner=leases.OWNER,
            weight=standing.order.weight, token=token or "",
        )  # fmt: skip
        if not self.lease.may_write():
            return _close(attempt, "fenced", "too late: somebody else has taken over")
        latest = _again(standing)
        if latest.order.weight != standing.order.weight:
            return _close(attempt, "overtaken", "something else was decided meanwhile")
        return self._apply(standing, attempt, token)

    def _apply(self, standing: Standing, attempt: Attempt, token: str | None) -> str:
        try:
            with doing("apply", weight=f"{standing.order.weight.normalize():f}"):
                self.driver.apply(standing.order.weight, token)
        except UnknownOutcome as error:
            return _close(attempt, "unknown", str(error))
        except Transient as error:
            return _close(attempt, "transient", str(error))
        except (Conflict, Permanent) as error:
            why = _close(attempt, type(error).__name__.lower(), str(error))
            self._refused(standing, why)
            return why
        _close(attempt, "ok", "")
        if standing.flip is not None and standing.flip.applied_at is None:
            type(standing.flip).objects.filter(pk=standing.flip.pk, applied_at=None).update(
                applied_at=ClockTimestamp()
            )
        return ""

    def _refused(self, standing: Standing, why: str) -> None:
        """A plane that says no ends a forward move; the way back is tried again and again."""
        if standing.flip is None:
            return
        if standing.flip.purpose == "forward":
            shift.fail(standing.flip.pk, why)
        else:
            shift.unverified(standing.flip.pk, why)

    def _read_back(self, standing: Standing) -> Observed | None:
        read = None
        for pause in _LOOKS_S:
            time.sleep(pause)
            read = self.look()
            if read is None or read.weight == standing.order.weight:
                return read
            if not self.lease.fresh():
                break
        return read

    def _overdue(self, standing: Standing, why: str) -> None:
        """Past the driver's own deadline a forward move has failed and a way back is alarming."""
        flip = standing.flip
        if flip is None or not orders.late(flip, self.driver.verify_deadline):
            return
        self._refused(standing, why)


def _read_back(seen: Observed) -> ReadBack:
    return ReadBack(seen.weight, seen.detail[:500], seen.in_flight)


def _not_there(read: Observed | None) -> str:
    return "it was not read back in time" if read is None else f"it still shows {read.weight} %"


def _close(attempt: Attempt, outcome: str, detail: str) -> str:
    Attempt.objects.filter(pk=attempt.pk).update(
        outcome=outcome, detail=detail[:500], ended_at=ClockTimestamp()
    )
    log.info("set to %s %%: %s", f"{attempt.weight.normalize():f}", outcome)
    return detail
