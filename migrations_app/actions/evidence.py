"""Freeze what could be seen at the moment of a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.models import Check, Route, SignOff

if TYPE_CHECKING:
    from datetime import datetime

    from migrations_app.actions.lock import Locked


def freeze(held: Locked) -> dict[str, object]:
    """Every check with value, rule, query and age; every route; every sign-off; the plan's hash.

    Ages are in seconds at the decision.
    """
    run = held.run
    return {
        "plan_sha256": run.plan_sha256,
        "checks": [_check(held, check) for check in Check.objects.filter(run=run)],
        "routes": [_route(route) for route in Route.objects.filter(run=run)],
        "sign_offs": [
            {"by": signed.user.get_username(), "role": signed.role, "at": signed.at}
            for signed in SignOff.objects.filter(gate__run=run, gate__closed_at=None)
            .select_related("user")
            .order_by("id")
        ],
    }


def _age(now: datetime, then: datetime | None) -> float | None:
    return None if then is None else round((now - then).total_seconds(), 3)


def _check(held: Locked, check: Check) -> dict[str, object]:
    spec = held.bound.check(check.name)
    return {
        "check": check.name,
        "status": check.status,
        "sentence": check.sentence,
        "value": check.value,
        "rule": spec.fail_when or spec.pass_when,
        "polarity": "fail_when" if spec.fail_when else "pass_when",
        "evaluated_age_s": _age(held.now, check.evaluated_at),
        "sampled_age_s": _age(held.now, check.sampled_at),
        "readings": check.evidence,
    }


def _route(route: Route) -> dict[str, object]:
    return {
        "route": route.name,
        "desired": route.desired,
        "observed": route.observed,
        "observed_at": route.observed_at,
        "detail": route.observed_detail,
    }
