"""Plans that want of their planes and sources what these can't do."""

from __future__ import annotations

from dataclasses import replace

from tests.domain.lint.broken.base import Broken, W
from tests.domain.lint.plans import SEAMS


def _minute(*_: object) -> float:
    return 60.0


SLOW = replace(SEAMS, lag=_minute)

PLANES = [
    Broken(
        "mirror_impossible",
        {"routes.0.moves": "mirror"},
        "environments.production.routes.web",
        'The route "web" moves a mirror, but fake can\'t copy requests',
    ),
    Broken(
        "slow_way_back",
        {},
        "environments.production.routes.web",
        'Clients of the route "web" follow 1 m after fake was set',
        W,
        seams=SLOW,
    ),
    Broken(
        "rollback_too_slow",
        {"objectives.rto": "100s", "checks.0.consecutive": 1},
        "rollback",
        "Rolling back takes 1 m, and clients follow 1 m later, but the RTO is 1 m 40 s",
        seams=SLOW,
    ),
    Broken(
        "past_unknown",
        {"checks.0.baseline": {"offset": "1d"}, "checks.0.fail_when": "> 5 % vs baseline"},
        "checks[0].baseline",
        'in "production" its source "metrics" is fake, which only knows what is now',
    ),
]
