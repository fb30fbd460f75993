"""Plans that can not get back, or not in time."""

from __future__ import annotations

from tests.domain.lint.broken.base import Broken, W
from tests.domain.lint.plans import PRODUCTION

ABORTS = [
    Broken("no_abort", {"abort": []}, "abort", "agree now when to go back"),
    Broken("abort_observes", {"checks.0.observe": True}, "abort[0].check", "binds nothing"),
    Broken(
        "abort_observes",
        {"checks.1.observe": True},
        "phases[0].gate.checks[1]",
        "binds nothing",
    ),
    Broken(
        "abort_range",
        {"abort.0.from_phase": "half", "abort.0.phases": ["all"]},
        "abort[0]",
        "choose one",
    ),
    Broken(
        "abort_too_slow",
        {"checks.0.consecutive": 1, "checks.0.hold": "4m"},
        "abort[0]",
        "4 m 5 s to fire and rolling back 1 m: 5 m 5 s together, but the RTO is 5 m",
    ),
    Broken(
        "abort_too_slow",
        {"checks.0.consecutive": 48},
        "abort[0]",
        "may take 4 m 5 s",
    ),
    Broken(
        "abort_too_slow",
        {
            "environments.rehearsal": PRODUCTION
            | {"sources": {"metrics": {"kind": "fake", "interval": "2m"}}}
        },
        "abort[0]",
        "may take 6 m to fire",
    ),
    Broken(
        "unprotected_phase",
        {"abort.0.from_phase": "all"},
        "phases[0]",
        'in the phase "half"',
        W,
    ),
    Broken("unprotected_phase", {"abort.0.phases": ["half"]}, "phases[1]", 'phase "all"', W),
    Broken(
        "no_data_unheard",
        {"checks.1.on_no_data": "rollback"},
        "checks[1].on_no_data",
        "is no abort criterion",
        W,
    ),
]

ROLLBACK = [
    Broken("no_rollback_plan", {"rollback": {}}, "rollback", "does not say how long", W),
    Broken(
        "rollback_too_slow",
        {"rollback.steps.0.expected": "6m"},
        "rollback",
        "takes 6 m, but the RTO is 5 m",
    ),
    Broken(
        "rollback_sum",
        {"rollback.expected": "30s"},
        "rollback.expected",
        "expected to take 30 s, but its steps take 1 m together",
        W,
    ),
    Broken(
        "rollback_sum",
        {"rollback.steps.1": {"name": "x"}},
        "rollback.steps[1]",
        "does not say how long",
        W,
    ),
]
