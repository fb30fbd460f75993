"""Plans that nobody can carry out."""

from __future__ import annotations

from tests.domain.lint.broken.base import Broken

PEOPLE = [
    Broken("vacant_role", {"roles.dri": []}, "roles.dri", "only the DRI can start"),
    Broken("vacant_role", {"roles.comms_lead": []}, "roles.comms_lead", "although the plan lists"),
    Broken(
        "vacant_role",
        {"phases.1.gate.roles": ["infrastructure"]},
        "phases[1].gate.roles",
        'whose sign-off the gate of "all" needs',
    ),
    Broken(
        "vacant_role",
        {"phases.0.steps.0.owner": "comms_lead"},
        "phases[0].steps[0].owner",
        'owner of "look"',
    ),
    Broken(
        "vacant_role",
        {"rollback.steps.0.owner": "comms_lead"},
        "rollback.steps[0].owner",
        'owner of "confirm"',
    ),
    Broken(
        "unknown_person",
        {},
        "roles.database[1]",
        'There is no user "cem". Did you mean "cemal"?',
        people=frozenset({"ann", "bob", "cemal"}),
    ),
    Broken(
        "gate_silent_role",
        {"roles.observer": ["oz"], "phases.0.gate.roles": ["observer"]},
        "phases[0].gate.roles",
        "never signs off",
    ),
    Broken(
        "gate_unreachable",
        {"phases.0.gate.quorum": 3},
        "phases[0].gate.quorum",
        "wants 3 sign-offs, but its roles give 2",
    ),
    Broken(
        "gate_unreachable",
        {"phases.0.gate.roles": {"database": 3}},
        "phases[0].gate.roles",
        "from 3 different people, but only 2 can give one",
    ),
    Broken(
        "gate_unreachable",
        {"roles.database": ["ann"]},
        "phases[0].gate.roles",
        "from 2 different people, but only 1",
    ),
]
