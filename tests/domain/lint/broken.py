"""For every rule of lint, plans that break it, and what they are told."""

from __future__ import annotations

from typing import Any, NamedTuple

from migrations_app.domain.lint.seams import Seams
from migrations_app.domain.plan.problem import Severity
from tests.domain.lint.plans import DELETE, PRODUCTION, SEAMS

E, W = Severity.ERROR, Severity.WARNING
BURN = {"slo": "availability", "long": "1h", "short": "5m"}
STEP = {"name": "x", "expected": "1m"}


class Broken(NamedTuple):
    """GOOD with `edits` breaks the rule `code` at `path`; `words` are in the sentence."""

    code: str
    edits: dict[str, Any]
    path: str
    words: str
    severity: Severity = E
    seams: Seams = SEAMS
    people: frozenset[str] | None = None


def _check(**given: Any) -> dict[str, Any]:
    """One more check, third in the list."""
    whole = {"name": "c", "source": "metrics", "query": "q", "unit": "s", "observe": True}
    return {"checks.2": whole | given}


def _cannot(*_: object) -> str | None:
    return "it only knows 0 and 100."


def _refuses(*_: object) -> str | None:
    return "parse error at char 3"


CONFIG = "environments.production.routes.web.config"

SHAPE = [
    Broken("incomplete", {"phases": []}, "phases", "There are no phases"),
    Broken("incomplete", {"routes": []}, "routes", "There is no route to move"),
    Broken("incomplete", {"environments": {}}, "environments", "There is no environment"),
    Broken("no_objectives", {"objectives.rto": DELETE}, "objectives.rto", "There is no RTO"),
    Broken("no_objectives", {"objectives.rpo": DELETE}, "objectives.rpo", "No rpo", W),
    Broken("no_objectives", {"objectives.slo": {}}, "objectives.slo", "No slo was agreed", W),
    Broken(
        "no_objectives",
        {"objectives.error_budget": DELETE},
        "objectives.error_budget",
        "No error budget was agreed",
        W,
    ),
    Broken(
        "bad_objective",
        {"objectives.slo.p99": "fast"},
        "objectives.slo.p99",
        '"fast" is not a quantity',
    ),
    Broken(
        "bad_objective",
        {"objectives.error_budget.share": "120 %"},
        "objectives.error_budget.share",
        "between 0 and 100 %",
    ),
    Broken(
        "bad_objective",
        {"objectives.error_budget.share": "5 s"},
        "objectives.error_budget.share",
        "can't be turned into %",
    ),
    Broken(
        "bad_objective",
        {"objectives.error_budget.window": "0s"},
        "objectives.error_budget.window",
        "needs a window",
    ),
]

NAMES = [
    Broken("duplicate_name", {"routes.1": {"name": "web"}}, "routes[1]", 'two of the route "web"'),
    Broken("duplicate_name", _check(name="errors", fail_when="> 1 s"), "checks[2]", "rename one"),
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
        _check(fail_when="> 1 s", observe=False),
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
        'In "production" the route "web" can\'t be set to 50 %: it only knows 0 and 100.',
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

CHECKS = [
    Broken("rule_meaningless", _check(fail_when="5 s"), "checks[2]", "is not a condition"),
    Broken("rule_meaningless", _check(fail_when="> 5 %"), "checks[2]", 'Check "c": '),
    Broken(
        "rule_meaningless",
        _check(fail_when="> 5 % vs baseline"),
        "checks[2]",
        "needs a baseline",
    ),
    Broken("rule_meaningless", _check(fail_when="> 14x", burn=BURN), "checks[2]", "unit is x"),
    Broken(
        "rule_meaningless",
        _check(fail_when="> 14x", unit="x", burn={**BURN, "slo": "120 %"}),
        "checks[2]",
        "lies between 0 and 1",
    ),
    Broken(
        "rule_meaningless",
        _check(fail_when="> 14x", unit="x", burn={**BURN, "slo": "avail"}),
        "checks[2]",
        "is not a quantity",
    ),
    Broken(
        "rule_meaningless",
        _check(fail_when="> 5 %", unit="%", budget={"slo": "availability", "window": "0s"}),
        "checks[2]",
        "needs a window",
    ),
    Broken(
        "rule_meaningless",
        _check(fail_when="> 5 s", hold="1m", consecutive=2),
        "checks[2]",
        "choose one of them",
    ),
    Broken(
        "no_blue_query",
        _check(fail_when="> 5 % vs blue"),
        "checks[2]",
        "compares with BLUE: say how",
    ),
    Broken(
        "no_blue_query",
        _check(fail_when="> 5 % vs baseline", baseline="blue"),
        "checks[2]",
        "compares with BLUE: say how",
    ),
    *(
        Broken(
            "baseline_of_green",
            _check(fail_when="> 5 % vs baseline", baseline=baseline),
            "checks[2].baseline",
            "when GREEN had no traffic",
            W,
        )
        for baseline in ("captured", {"offset": "1d"})
    ),
    Broken(
        "samples_uncounted",
        {"checks.0.min_samples": 100},
        "checks[0].min_samples",
        "say how they are counted",
    ),
    Broken(
        "samples_uncounted",
        {"checks.0.samples_query": "n"},
        "checks[0].samples_query",
        "not how many it needs",
        W,
    ),
]

QUERIES = [
    Broken(
        "placeholder_unknown",
        {"checks.0.query": "x[${windwo}]"},
        "checks[0].query",
        "Nothing fills in ${windwo}",
    ),
    Broken(
        "placeholder_unknown",
        {"checks.0.query": "x{a='${env:SECRET}'}"},
        "checks[0].query",
        "${env:SECRET} can't be in one",
    ),
    Broken(
        "placeholder_unknown",
        _check(fail_when="> 5 % vs baseline", baseline={"kind": "captured", "query": "x[${wndw}]"}),
        "checks[2].baseline.query",
        "${wndw}",
    ),
    Broken(
        "placeholder_empty",
        {"checks.1.query": "x[${window}]"},
        "checks[1]",
        "window",
    ),
    Broken(
        "variable_unset",
        {"checks.1.blue_query": "x{${var:greeen}}"},
        "checks[1].blue_query",
        'does not set the variable greeen. Did you mean "green"?',
    ),
    Broken(
        "query_invalid",
        {},
        "checks[0]",
        "does not understand 'e{track=\"green\"}[1m]': parse error at char 3",
        seams=Seams(SEAMS.drivers, SEAMS.sources, SEAMS.channels, invalid=_refuses),
    ),
]

BINDINGS = [
    Broken(
        "unknown_kind",
        {"environments.production.routes.web.driver": "haprxy"},
        "environments.production.routes.web",
        'there is no thing of kind "haprxy"',
    ),
    Broken(
        "unknown_kind",
        {"environments.production.sources.metrics.kind": "x"},
        "environments.production.sources.metrics",
        'no thing of kind "x"',
    ),
    Broken(
        "unknown_kind",
        {"environments.production.channels.room.kind": "x"},
        "environments.production.channels.room",
        'no thing of kind "x"',
    ),
    Broken(
        "config_invalid", {f"{CONFIG}.address": "x"}, f"{CONFIG}.address", "looks like host:port"
    ),
    Broken(
        "config_invalid", {f"{CONFIG}.prot": "${env:P}"}, f"{CONFIG}.prot", 'Did you mean "port"'
    ),
    Broken("config_invalid", {f"{CONFIG}.port": "many"}, f"{CONFIG}.port", "valid integer"),
    Broken(
        "reference_malformed",
        {f"{CONFIG}.address": "${ENV:A}:1"},
        f"{CONFIG}.address",
        "Nothing fills in ${ENV:A}",
    ),
    Broken(
        "reference_malformed",
        {f"{CONFIG}.address": "${var:green}:1"},
        f"{CONFIG}.address",
        "${env:NAME} only",
    ),
    Broken(
        "interval_too_short",
        {"environments.production.sources.metrics.interval": "999ms"},
        "environments.production.sources.metrics.interval",
        "1s is the least",
    ),
]

SECRETS = [
    *(
        Broken(
            "literal_secret",
            {f"{CONFIG}.{key}": "hunter2"},
            f"{CONFIG}.{key}",
            "what looks like a secret",
        )
        for key in ("token", "api_key", "X-Api-Key", "botToken", "db_password", "bearer")
    ),
    Broken(
        "literal_secret",
        {f"{CONFIG}.tokens": ["hunter2"]},
        f"{CONFIG}.tokens[0]",
        "what looks like a secret",
    ),
    Broken(
        "literal_secret",
        {"environments.production.channels.room.config.pin": "hunter2"},
        "environments.production.channels.room.config.pin",
        '"pin" holds what looks like a secret',
    ),
    Broken(
        "literal_secret",
        {"environments.production.channels.room.config.headers": {"X-Door": "hunter2"}},
        "environments.production.channels.room.config.headers.X-Door",
        "what looks like a secret",
    ),
    *(
        Broken("literal_secret", {"summary": f"see {text}"}, "summary", "what looks like a secret")
        for text in (
            "http://ann:hunter2@db/",
            "https://hooks.slack.com/services/T0/B0/x",
            "xoxb-1-2",
            "AKIA" + "ABCDEFGH12345678",
            "-----BEGIN RSA PRIVATE KEY-----",
        )
    ),
]

BROKEN = [
    *(*SHAPE, *NAMES, *PEOPLE, *ABORTS, *ROLLBACK, *WEIGHTS, *TIMES, *GATES, *STEPS),
    *(*CHECKS, *QUERIES, *BINDINGS, *SECRETS),
]
