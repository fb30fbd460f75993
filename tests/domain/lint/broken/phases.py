"""Plans whose phases go wrong."""

from __future__ import annotations

from migrations_app.domain.lint.seams import Seams
from tests.domain.lint.broken.base import STEP, Broken, W
from tests.domain.lint.plans import SEAMS


def _cannot(*_: object) -> str | None:
    return "it only knows 0 and 100."


WEIGHTS = [
    Broken(
        "weight_range",
        {"phases.1.weights.web": 101},
        "phases[1].weights.web",
        'The weight 101 of "web"',
    ),
    Broken("weight_range", {"routes.0.baseline": -1}, "routes[0].baseline", "The weight -1"),
    Broken(
        "weight_impossible",
        {},
        "phases[0].weights.web",
        'the route "web" of "production" can\'t be set to 50 %: it only knows 0 and 100.',
        seams=Seams(SEAMS.drivers, SEAMS.sources, SEAMS.channels, cannot=_cannot),
    ),
    Broken(
        "weight_goes_down",
        {"phases.2": {"name": "x", "weights": {"web": 40}}},
        "phases[2].weights.web",
        'takes "web" down from 100 % to 40 %',
        W,
    ),
    Broken("never_complete", {"phases.1.weights.web": 60}, "routes[0]", "is at 60 %", W),
]

TIMES = [
    Broken(
        "hold_too_short",
        {"phases.0.hold": "3m"},
        "phases[0].hold",
        'holds for 3 m, but its check "steady" needs 4 m: it can never have passed',
    ),
    Broken(
        "hold_too_short",
        {"checks.0.consecutive": 3, "phases.1.hold": "9s"},
        "phases[1].hold",
        "needs 10 s: a breach would not be seen",
    ),
    Broken("hold_too_short", {"phases.1.hold": "1m"}, "phases[1].hold", "looks back 1 m", W),
    Broken(
        "deadline_too_short",
        {"phases.0.gate.deadline": "5s"},
        "phases[0].gate.deadline",
        "its checks are read every 5 s: it can never be passed",
    ),
    Broken(
        "deadline_too_short",
        {"phases.0.gate": {"deadline": "0s"}},
        "phases[0].gate.deadline",
        "can never be passed",
    ),
    Broken(
        "steps_too_long",
        {"phases.0.gate.deadline": "1m", "phases.0.steps.0.expected": "7m"},
        "phases[0].steps",
        "take 7 m together, but its hold and its deadline leave 6 m",
        W,
    ),
]

GATES = [
    Broken(
        "four_eyes_blind",
        {"phases.0.gate": {"roles": ["dri"], "four_eyes": True}},
        "phases[0].gate.four_eyes",
        "nobody other than who decides can sign off",
    ),
    Broken(
        "four_eyes_blind",
        {"phases.1.gate": {"checks": ["errors"], "four_eyes": True}},
        "phases[1].gate.four_eyes",
        'The gate of "all"',
    ),
    Broken(
        "four_eyes_blind",
        {
            "roles.database": ["cem"],
            "phases.1.gate": {"roles": ["database"], "auto_advance": True, "four_eyes": True},
        },
        "phases[1].gate.four_eyes",
        "give them to more people",
    ),
    Broken(
        "auto_unchecked",
        {"phases.1.gate": {"auto_advance": True}},
        "phases[1].gate.auto_advance",
        "asks for nothing",
    ),
    Broken(
        "rollback_past_no_return",
        {"phases.1.point_of_no_return": True},
        "phases[1].abort_policy",
        "say `abort_policy: freeze`",
    ),
    Broken(
        "rollback_past_no_return",
        {"phases.0.point_of_no_return": True, "phases.0.abort_policy": "freeze"},
        "phases[1].abort_policy",
        'The phase "all" lies at or past the point of no return',
    ),
    Broken(
        "freeze_too_early",
        {"phases.0.abort_policy": "freeze"},
        "phases[0].abort_policy",
        "could still go back",
        W,
    ),
    Broken(
        "no_return_unattended",
        {
            "phases.0.gate.auto_advance": True,
            "phases.1.point_of_no_return": True,
            "phases.1.abort_policy": "freeze",
        },
        "phases[0].gate.auto_advance",
        "a person must say Go",
    ),
]

STEPS = [
    *(
        Broken(
            "step_not_executable",
            {"phases.0.steps.0": {**STEP, "kind": "action", "action": action}},
            "phases[0].steps[0].action",
            f"is the action {action}",
        )
        for action in ("traffic", "flag", "http", "sql", "page", "notify")
    ),
    Broken(
        "wait_without_time",
        {"phases.0.steps.0": {"name": "x", "kind": "action", "action": "wait"}},
        "phases[0].steps[0].expected",
        "does not say how long",
    ),
    Broken(
        "step_untimed",
        {"phases.0.steps.0": {"name": "x"}},
        "phases[0].steps[0].expected",
        "does not say how long it takes",
        W,
    ),
]
