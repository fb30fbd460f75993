"""Facts about routes, as the reconciler finds them: confirmed, failed, drifting, out of reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.actions import flips
from migrations_app.actions.engine import hold, restore, settle
from migrations_app.actions.lock import Locked, locked
from migrations_app.actions.phases import close_gate
from migrations_app.actions.record import record
from migrations_app.domain.actor import ENGINE
from migrations_app.domain.states import State, Verb
from migrations_app.domain.timeline import Kind
from migrations_app.domain.weights import Move, backward
from migrations_app.models import Flip, Route

if TYPE_CHECKING:
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What a driver saw: GREEN's share, a detail for people, and what is still under way on the
    side that gets nothing new (None where nobody can tell)."""

    weight: Decimal
    detail: str
    in_flight: int | None = None


def confirm(flip_id: int, seen: ReadBack) -> bool:
    """The plane shows the weight that was asked for. False if the flip was closed meanwhile.

    The last confirmation of a phase settles it; the last of a rollback restores the run.
    """
    run_id = Flip.objects.values_list("route__run_id", flat=True).get(pk=flip_id)
    with locked(run_id) as held:
        flip = Flip.objects.select_related("route").get(pk=flip_id)
        if flip.closed_at is not None:
            return False
        flip.confirmed_at = flip.closed_at = held.now
        flip.applied_at = flip.applied_at or held.now
        flip.save(update_fields=["confirmed_at", "closed_at", "applied_at"])
        _seen(held, flip.route, seen)
        _record_confirmed(held, flip, seen)
        settle(held) or restore(held)
    return True


def _record_confirmed(held: Locked, flip: Flip, seen: ReadBack) -> None:
    took = (held.now - flip.requested_at).total_seconds()
    payload = {
        "route": flip.route.name, "weight": flip.weight, "previous": flip.previous,
        "flip_revision": flip.revision, "purpose": flip.purpose, "detail": seen.detail,
        "requested_at": flip.requested_at, "applied_at": flip.applied_at, "seconds": took,
    }  # fmt: skip
    sentence = f"{flip.route.title} confirmed at {flip.weight.normalize():f} % GREEN"
    record(held, Kind.WEIGHT_CONFIRMED, sentence, ENGINE, payload=payload)


def _seen(held: Locked, route: Route, seen: ReadBack) -> None:
    route.observed, route.observed_at, route.observed_detail = seen.weight, held.now, seen.detail
    route.in_flight = seen.in_flight
    route.trouble, route.trouble_since, route.drift_since = "", None, None
    route.save(
        update_fields=[
            "observed", "observed_at", "observed_detail", "in_flight", "trouble", "trouble_since",
            "drift_since",
        ]
    )  # fmt: skip


def fail(flip_id: int, why: str) -> None:
    """A forward move can't be made: undo what its phase moved so far, last first, and hold."""
    run_id = Flip.objects.values_list("route__run_id", flat=True).get(pk=flip_id)
    with locked(run_id) as held:
        flip = Flip.objects.select_related("route").get(pk=flip_id)
        if flip.closed_at is not None or held.state is not State.SHIFTING:
            return
        moves = _moves_of(flip)
        Flip.objects.filter(pk=flip_id).update(closed_at=held.now, failure=why[:500])
        held.move(Verb.SHIFT_FAIL, f"{flip.route.title}: {why}")
        close_gate(held, "shift_failed")
        held.run.hold_from = held.run.wake_at = None
        weights = flips.request(held, backward(moves), "compensate")
        payload = {"route": flip.route.name, "why": why, "weights": weights}
        sentence = f"{held.phase.name} could not be entered: {flip.route.title}: {why}"
        record(held, Kind.SHIFT_FAILED, sentence, ENGINE, Verb.SHIFT_FAIL, payload)


def _moves_of(flip: Flip) -> list[Move]:
    """Every move of the flip's phase, in order: its own may have happened, later ones not yet."""
    same = Flip.objects.filter(route__run=flip.route.run, revision=flip.revision)
    return [
        Move(one.route.name, one.previous, one.weight, one.position)
        for one in same.select_related("route").order_by("position")
    ]


def unverified(flip_id: int, why: str) -> None:
    """A way back that can't be confirmed in time: say so once, loudly, and keep trying."""
    run_id = Flip.objects.values_list("route__run_id", flat=True).get(pk=flip_id)
    with locked(run_id) as held:
        flip = Flip.objects.select_related("route").get(pk=flip_id)
        if flip.closed_at is not None or flip.failure:
            return
        Flip.objects.filter(pk=flip_id).update(failure=why[:500])
        payload = {"route": flip.route.name, "weight": flip.weight, "why": why}
        sentence = f"{flip.route.title} is not confirmed at {flip.weight.normalize():f} %: {why}"
        record(held, Kind.WEIGHT_UNVERIFIED, sentence, ENGINE, payload=payload)


def astray(route_id: int, why: str) -> None:
    """Off its baseline after the rollback, and it does not come back: say so once, loudly, and
    keep trying."""
    run_id = Route.objects.values_list("run_id", flat=True).get(pk=route_id)
    with locked(run_id) as held:
        route = Route.objects.get(pk=route_id)
        known = bool(route.trouble)
        route.trouble, route.trouble_since = why[:500], route.trouble_since or held.now
        route.save(update_fields=["trouble", "trouble_since"])
        if not known:
            payload = {"route": route.name, "weight": route.baseline, "why": why}
            sentence = f"{route.title} left its baseline after the rollback: {why}"
            record(held, Kind.WEIGHT_UNVERIFIED, sentence, ENGINE, payload=payload)


def drifted(route_id: int, epoch: int, seen: ReadBack) -> None:
    """Somebody else moved the plane: show it, hold, page. It is never adopted or overwritten.

    `epoch`: the lease it was seen under. If somebody took the route over since, it was them.
    """
    run_id = Route.objects.values_list("run_id", flat=True).get(pk=route_id)
    with locked(run_id) as held:
        route = Route.objects.get(pk=route_id)
        if route.drift_since is not None or route.lease_epoch != epoch:
            return
        sentence = _drift_sentence(route, seen)
        route.drift_since = held.now
        route.observed, route.observed_at, route.observed_detail, route.in_flight = (
            seen.weight, held.now, seen.detail, seen.in_flight,
        )  # fmt: skip
        route.save(
            update_fields=[
                "drift_since", "observed", "observed_at", "observed_detail", "in_flight",
            ]
        )  # fmt: skip
        payload = {"route": route.name, "desired": route.desired, "observed": seen.weight}
        record(held, Kind.DRIFT, sentence, ENGINE, payload=payload)
    hold(run_id, sentence, "drift")


def _drift_sentence(route: Route, seen: ReadBack) -> str:
    return (
        f"{route.title} is at {seen.weight.normalize():f} % GREEN, "
        f"not at the {route.desired.normalize():f} % that was decided"
    )


def back_in_line(route_id: int, seen: ReadBack) -> None:
    """The plane shows what ought to be again, or can be read again."""
    run_id = Route.objects.values_list("run_id", flat=True).get(pk=route_id)
    with locked(run_id) as held:
        route = Route.objects.get(pk=route_id)
        had_drift, had_trouble = route.drift_since is not None, bool(route.trouble)
        _seen(held, route, seen)
        if not (had_drift or had_trouble):
            return
        kind = Kind.DRIFT_GONE if had_drift else Kind.TROUBLE_GONE
        sentence = f"{route.title} is at {seen.weight.normalize():f} % GREEN again"
        record(held, kind, sentence, ENGINE, payload={"route": route.name})


def trouble(route_id: int, why: str) -> None:
    """The plane can't be read or written: say so when it begins, keep the first moment."""
    run_id = Route.objects.values_list("run_id", flat=True).get(pk=route_id)
    with locked(run_id) as held:
        route = Route.objects.get(pk=route_id)
        fresh = not route.trouble
        route.trouble = why[:500]
        route.trouble_since = route.trouble_since or held.now
        route.save(update_fields=["trouble", "trouble_since"])
        if fresh:
            payload = {"route": route.name, "why": why}
            record(held, Kind.TROUBLE, f"{route.title}: {why}", ENGINE, payload=payload)


def repaired(route_id: int, seen: ReadBack) -> None:
    """Off its baseline after it was confirmed there: it was put back, and people are told."""
    run_id = Route.objects.values_list("run_id", flat=True).get(pk=route_id)
    with locked(run_id) as held:
        if held.state not in {State.ROLLED_BACK, State.CALLED_OFF}:
            return
        route = Route.objects.get(pk=route_id)
        payload = {"route": route.name, "found": seen.weight, "baseline": route.baseline}
        sentence = (
            f"{route.title} was found at {seen.weight.normalize():f} % GREEN after the rollback "
            "and put back to its baseline"
        )
        record(held, Kind.REPAIRED, sentence, ENGINE, payload=payload)
