"""What a person is told when a runbook doesn't fit the schema."""

from __future__ import annotations

import pytest

from migrations_app.domain.errors import ConfigError
from migrations_app.domain.plan.problem import Problem, RunbookError
from migrations_app.domain.plan.runbook import load, open_runbook

HEAD = "migration: m\ntitle: T\n"


def refusals(text: str) -> list[str]:
    with pytest.raises(RunbookError) as caught:
        load(HEAD + text)
    return [str(problem) for problem in caught.value.problems]


def phase(text: str) -> str:
    return f"phases: [{{name: a, {text}}}]"


def check(text: str) -> str:
    return f"checks: [{{name: c, source: s, query: q, unit: s, {text}}}]"


ROUTE = "environments: {p: {kind: production, routes: {w: {driver: x, %s}}}}"
A_WEIGHT = "a weight is GREEN's share in percent, such as 25 or 12.5, not"
A_NAME = "must be a name: lower-case letters, digits, - and _, at most 63, not 'Web'."
A_ROLE = "must be 'dri', 'comms_lead', 'database', 'infrastructure' or 'observer', not 'dba'."
A_DURATION = 'a duration needs a unit, such as "30s", "10m" or "24h", not 5.'
A_SPAN = '"5 parsecs" is not a duration. Write it like 90s, 10m, 24h or 1d12h.'
AN_ACTION = "a step of kind `action` says which `action`, and no other step does."
AN_OFFSET = "`offset` says how long ago, and belongs to the kind `offset` only."
A_USER = "a user name holds letters, digits and @ . + - _ only, not 'a b'."


def meant(key: str, word: str) -> str:
    return f'there is no key "{key}" here. Did you mean "{word}"?'


@pytest.mark.parametrize(
    ("text", "path", "said"),
    [
        ("titel: x", "titel", meant("titel", "title")),
        (phase("holdd: 1m"), "phases[0].holdd", meant("holdd", "hold")),
        (ROUTE % "conf: {}", "environments.p.routes.w.conf", meant("conf", "config")),
        (
            "objectives: {xyz: 1}",
            "objectives.xyz",
            'there is no key "xyz" here. Known: slo, error_budget, rpo, rto.',
        ),
        (
            check("fail_when: '> 1 s', burn: {slo: x, lnog: 1h, long: 1h, short: 5m}"),
            "checks[0].burn.lnog",
            meant("lnog", "long"),
        ),
        (phase("gate: {quorums: 1}"), "phases[0].gate.quorums", meant("quorums", "quorum")),
        ("routes: [{title: x}]", "routes[0].name", "is missing."),
        ("routes: {a: b}", "routes", "must be a list."),
        ("routes: [a]", "routes[0]", "must be a mapping, `key: value`, not 'a'."),
        ("objectives:", "objectives", "must be a mapping, `key: value`, and is empty."),
        ("summary: 12", "summary", "must be text: put it in quotes, not 12."),
        ("routes: [{name: Web}]", "routes[0].name", A_NAME),
        ("roles: {dba: [x]}", "roles.dba", A_ROLE),
        ("roles: {dri: [a b]}", "roles.dri[0]", A_USER),
        (
            phase("point_of_no_return: yes"),
            "phases[0].point_of_no_return",
            "must be true or false, not 'yes'.",
        ),
        (phase("hold: 5"), "phases[0].hold", A_DURATION),
        (phase("hold: 5 parsecs"), "phases[0].hold", A_SPAN),
        (
            phase("weights: {w: 1.234}"),
            "phases[0].weights.w",
            "a weight has at most two decimals, such as 25 or 12.5, not 1.234.",
        ),
        (phase("weights: {w: true}"), "phases[0].weights.w", f"{A_WEIGHT} True."),
        (phase("weights: {w: [1]}"), "phases[0].weights.w", f"{A_WEIGHT} [1]."),
        (
            phase("gate: {quorum: 2}"),
            "phases[0].gate",
            "a `quorum` needs `roles` to choose from.",
        ),
        (
            phase("gate: {roles: [[dri]]}"),
            "phases[0].gate.roles",
            "must be a list of roles, such as [dri, database].",
        ),
        (
            phase("gate: {roles: [dri, dri]}"),
            "phases[0].gate.roles",
            "names a role twice: for two sign-offs write {database: 2}.",
        ),
        (phase("steps: [{name: b, kind: action}]"), "phases[0].steps[0]", AN_ACTION),
        (check("hold: 1m"), "checks[0]", "needs exactly one of `fail_when` and `pass_when`."),
        (
            check("fail_when: '> 1 s', baseline: {kind: captured, offset: 1d}"),
            "checks[0].baseline",
            AN_OFFSET,
        ),
        ('summary: "x\\Ly"', "summary", "contains the control character U+2028."),
        (
            ROUTE % 'config: {a: "\\e"}',
            "environments.p.routes.w.config",
            "contains the control character U+001B.",
        ),
    ],
)
def test_a_sentence_with_line_and_path(text: str, path: str, said: str) -> None:
    assert refusals(text) == [f"line 3, {path}: {said}"]


def test_all_problems_come_at_once_in_the_order_of_lines() -> None:
    lines = [said.split(",")[0] for said in refusals("a: 1\nphases:\n  - {}\nb: 2\nroutes: 3\n")]
    assert lines == ["line 3", "line 5", "line 6", "line 7"]


@pytest.mark.parametrize("text", ["- a", "a", "12"])
def test_a_runbook_is_a_mapping(text: str) -> None:
    with pytest.raises(RunbookError, match="must be a mapping"):
        load(text)


def test_a_runbook_error_is_a_config_error() -> None:
    with pytest.raises(ConfigError, match="line 1, title: is missing"):
        load("migration: m")


def test_an_opened_runbook_remembers_lines() -> None:
    runbook = open_runbook(HEAD + "phases:\n  - name: a\n    gate: {deadline: 5m}\n")
    assert runbook.document.line(("phases", 0, "gate", "deadline")) == 5


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("phases[0].gate.deadline", 5),
        ("phases[0].gate.roles", 5),
        ("phases[0].weights.web", 4),
        ("phases[1]", 3),
        ("phases", 3),
        ("abort", 1),
        ("titles", 1),
    ],
)
def test_what_is_found_later_gets_a_line_too(path: str, line: int) -> None:
    runbook = open_runbook(HEAD + "phases:\n  - name: a\n    gate: {deadline: 5m}\n")
    assert runbook.located([Problem(path, "x.")]) == [Problem(path, "x.", line)]


def test_what_is_found_later_is_told_in_the_order_of_the_text() -> None:
    runbook = open_runbook(HEAD + "routes: []\nphases: []\n")
    later = [Problem("phases", "x."), Problem("routes", "x.")]
    assert [one.path for one in runbook.located(later)] == ["routes", "phases"]
