"""Plans that name what is not there."""

from __future__ import annotations

from tests.domain.lint.broken.base import STEP, Broken, W, check
from tests.domain.lint.plans import PRODUCTION

NAMES = [
    Broken("duplicate_name", {"routes.1": {"name": "web"}}, "routes[1]", 'two of the route "web"'),
    Broken("duplicate_name", check(name="errors", fail_when="> 1 s"), "checks[2]", "rename one"),
    Broken("duplicate_name", {"phases.1.name": "half"}, "phases[1]", 'the phase "half"'),
    Broken("duplicate_name", {"abort.1": {"check": "errors"}}, "abort[1]", "abort criterion"),
    Broken(
        "duplicate_name",
        {"phases.0.steps": [STEP, STEP]},
        "phases[0].steps[1]",
        'two of the step "x"',
    ),
    Broken(
        "duplicate_name",
        {"rollback.steps": [STEP, STEP]},
        "rollback.steps[1]",
        'two of the rollback step "x"',
    ),
    Broken(
        "unknown_check",
        {"phases.0.gate.checks": ["erors"]},
        "phases[0].gate.checks[0]",
        'There is no check "erors". Did you mean "errors"?',
    ),
    Broken("unknown_check", {"abort.0.check": "x"}, "abort[0].check", 'no check "x"'),
    Broken(
        "unknown_route",
        {"phases.0.weights": {"wbe": 50}},
        "phases[0].weights.wbe",
        'Did you mean "web"?',
    ),
    Broken("unknown_route", {"phases.0.order": ["x"]}, "phases[0].order[0]", 'no route "x"'),
    Broken(
        "unknown_route",
        {"environments.production.routes.x": {"driver": "fake"}},
        "environments.production.routes.x",
        'no route "x"',
    ),
    Broken(
        "unknown_phase",
        {"abort.0.from_phase": "hlaf"},
        "abort[0].from_phase",
        'Did you mean "half"?',
    ),
    Broken("unknown_phase", {"abort.0.phases": ["x"]}, "abort[0].phases[0]", 'no phase "x"'),
    Broken(
        "unknown_source",
        {"checks.0.source": "metrisc"},
        "checks[0].source",
        'the environment "production" does not have. Did you mean "metrics"?',
    ),
    Broken(
        "unbound_route",
        {"routes.1": {"name": "reads"}},
        "environments.production.routes",
        'which driver moves the route "reads"',
    ),
    Broken(
        "unknown_channel",
        {"channels": {"romo": ["phases"]}},
        "channels.romo",
        'Did you mean "room"?',
    ),
    Broken(
        "unknown_channel",
        {"environments.rehearsal": {**PRODUCTION, "channels": {}}},
        "environments.rehearsal.channels",
        "nothing is told there",
        W,
    ),
    Broken(
        "unused",
        check(fail_when="> 1 s", observe=False),
        "checks[2]",
        "belongs to no gate and to no abort criterion",
        W,
    ),
    Broken(
        "unused",
        {"environments.production.sources.x": {"kind": "fake"}},
        "environments.production.sources.x",
        "No check reads",
        W,
    ),
]
