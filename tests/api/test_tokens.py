"""Who may use what: every address times every scope, and tokens that no longer count."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from migrations_app.actions.tokens import issue, revoke
from migrations_app.domain.errors import Refused
from migrations_app.models import ApiToken, Event, Membership
from migrations_app.models.clock import db_now
from migrations_app.reads.tokens import Scope, TokenState, speaker, tokens
from tests.api.caller import Caller, caller, description
from tests.build import at_gate, room

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

GETS = {
    "migrations": ("/migrations", {Scope.READ}),
    "runs": ("/runs", {Scope.READ}),
    "run": ("/runs/{id}", {Scope.READ}),
    "timeline": ("/runs/{id}/timeline", {Scope.READ}),
    "export": ("/runs/{id}/export", {Scope.READ}),
}
POSTS: dict[str, tuple[str, set[Scope]]] = {
    "plan": ("/migrations/orders-db/runs", {Scope.OPERATE}),
    "start": ("/runs/{id}/start", {Scope.OPERATE}),
    "call_off": ("/runs/{id}/call-off", {Scope.OPERATE}),
    "complete_step": ("/runs/{id}/steps/look/complete", {Scope.OPERATE}),
    "note": ("/runs/{id}/notes", {Scope.OPERATE, Scope.DECIDE}),
    "pin": ("/runs/{id}/timeline/1/pin", {Scope.OPERATE, Scope.DECIDE}),
    "unpin": ("/runs/{id}/timeline/1/unpin", {Scope.OPERATE, Scope.DECIDE}),
    "push_evidence": ("/runs/{id}/evidence", {Scope.EVIDENCE}),
    "push_evidence_file": ("/runs/{id}/evidence/k6?check=errors", {Scope.EVIDENCE}),
    "sign_off": ("/runs/{id}/sign-off", {Scope.DECIDE}),
    "go": ("/runs/{id}/go", {Scope.DECIDE}),
    "complete": ("/runs/{id}/complete", {Scope.DECIDE}),
    "no_go": ("/runs/{id}/no-go", {Scope.DECIDE}),
    "resume": ("/runs/{id}/resume", {Scope.DECIDE}),
    "amend": ("/runs/{id}/amend", {Scope.DECIDE}),
    "roll_back": ("/runs/{id}/rollback", {Scope.OPERATE, Scope.DECIDE}),
    "take_step": ("/runs/{id}/steps/look/take", {Scope.OPERATE}),
    "put_step_down": ("/runs/{id}/steps/look/put-down", {Scope.OPERATE}),
    "note_at_step": ("/runs/{id}/steps/look/notes", {Scope.OPERATE}),
    "nudge": ("/runs/{id}/nudges", {Scope.OPERATE, Scope.DECIDE}),
    "offer_role": ("/runs/{id}/handovers", {Scope.DECIDE}),
    "accept_role": ("/runs/{id}/handovers/1/accept", {Scope.DECIDE}),
    "decline_role": ("/runs/{id}/handovers/1/decline", {Scope.DECIDE}),
    "withdraw_role": ("/runs/{id}/handovers/1/withdraw", {Scope.DECIDE}),
    "take_over": ("/runs/{id}/take-over", {Scope.DECIDE}),
}
_EMPTY: dict[str, object] = {}
BODIES: dict[str, dict[str, object]] = {
    "plan": {"environment": "rehearsal"},
    "note": {"text": "hello"},
    "push_evidence": {
        "check": "errors", "value": 1, "sampled_at": "2026-11-21T02:00:00Z",
        "expires_at": "2026-11-21T03:00:00Z",
    },
    "sign_off": {"role": "dri", "revision": 0},
    "go": {"revision": 0, "evaluation": None},
    "complete": {"revision": 0, "evaluation": None},
    "roll_back": {},
    "note_at_step": {"text": "hello"},
    "nudge": {"about": "sign_off", "person": "raj"},
    "offer_role": {"role": "dri", "to": "raj"},
    **dict.fromkeys(
        ("pin", "unpin", "take_step", "put_step_down", "accept_role", "decline_role",
         "withdraw_role", "take_over"),
        _EMPTY,
    ),
}  # fmt: skip


def test_no_address_is_forgotten_here() -> None:
    described = [one for methods in description()["paths"].values() for one in methods.values()]
    assert {one["operationId"] for one in described} == GETS.keys() | POSTS.keys()
    assert all(len(one["security"]) == 1 for one in described)


def ask(somebody: Caller, operation: str, run_id: int) -> Any:
    if operation in GETS:
        return somebody.get(GETS[operation][0].format(id=run_id))
    body = BODIES.get(operation, {"revision": 0})
    return somebody.post(POSTS[operation][0].format(id=run_id), body)


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("operation", [*GETS, *POSTS])
def test_a_scope_opens_what_it_says_and_nothing_else(operation: str, scope: Scope) -> None:
    made = room()
    events = Event.objects.count()
    answer = ask(caller("ana", scope), operation, made.run_id)
    if scope in (GETS | POSTS)[operation][1]:
        assert answer.status_code not in {401, 403}
    else:
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
        assert Event.objects.count() == events


@pytest.mark.parametrize("operation", [*GETS, *POSTS])
def test_without_a_token_nothing_opens(operation: str) -> None:
    made = room()
    answer = ask(Caller("wr_" + "x" * 43), operation, made.run_id)
    assert (answer.status_code, answer.json()["code"]) == (401, "token")
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("operation", [*GETS, *POSTS])
def test_a_run_of_others_is_answered_as_if_there_were_none(operation: str) -> None:
    made = room()
    there = ask(caller("oz"), operation, made.run_id)
    if operation in {"migrations", "runs"}:
        assert there.json() == []
        return
    assert there.status_code == 404
    if "{id}" in (GETS | POSTS)[operation][0]:
        nowhere = ask(caller("ana"), operation, 10**12)
        assert (nowhere.status_code, nowhere.json()["code"]) == (404, there.json()["code"])


def test_a_scope_does_not_lend_a_role() -> None:
    made = at_gate()
    answer = caller("raj").click(made.run_id, "go")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert "dri" in answer.json()["message"]


def test_a_role_that_was_taken_away_ends_at_once() -> None:
    made = at_gate()
    ana = caller("ana")
    assert ana.get(f"/runs/{made.run_id}").status_code == 200
    Membership.objects.filter(user__username="ana").delete()
    assert ana.get(f"/runs/{made.run_id}").status_code == 404


def test_a_session_is_no_token() -> None:
    made = room()
    client = Client()
    client.force_login(User.objects.get(username="ana"))
    assert client.get(f"/api/v1/runs/{made.run_id}").status_code == 401
    assert client.post(f"/api/v1/runs/{made.run_id}/rollback").status_code == 401


def test_what_is_asked_for_stays_on_one_line_of_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    Client().post("/api/v1/migrations/x%0AINFO all is well/runs")
    told = [one.getMessage() for one in caplog.records if one.name.startswith("migrations_app")]
    assert told == [
        "a token was refused at POST /api/v1/migrations/x%0AINFO%20all%20is%20well/runs"
    ]


def test_a_token_needs_no_cookie_against_forgery() -> None:
    made = room()
    somebody = caller("ana")
    somebody.client = Client(enforce_csrf_checks=True)
    assert somebody.post(f"/runs/{made.run_id}/notes", {"text": "hello"}).status_code == 200


def good() -> tuple[Caller, ApiToken]:
    room()
    somebody = caller("ana")
    assert somebody.get("/runs").status_code == 200
    return somebody, ApiToken.objects.get()


def test_a_revoked_token_counts_for_nothing() -> None:
    somebody, row = good()
    revoke(row.pk)
    assert somebody.get("/runs").status_code == 401
    assert tokens()[0].state is TokenState.REVOKED
    before = ApiToken.objects.get().revoked_at
    revoke(row.pk)
    assert ApiToken.objects.get().revoked_at == before


def test_an_expired_token_counts_for_nothing() -> None:
    somebody, row = good()
    ApiToken.objects.filter(pk=row.pk).update(expires_at=db_now() - timedelta(seconds=1))
    assert somebody.get("/runs").status_code == 401
    assert tokens()[0].state is TokenState.EXPIRED


def test_the_token_of_somebody_who_left_counts_for_nothing() -> None:
    somebody, _ = good()
    User.objects.filter(username="ana").update(is_active=False)
    assert somebody.get("/runs").status_code == 401
    assert tokens()[0].state is TokenState.IDLE


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic abc", "Bearer wr_", "Bearer nonsense", "Bearer " + "x" * 9000],
)
def test_other_headers_are_no_tokens(header: str, caplog: pytest.LogCaptureFixture) -> None:
    answer = Client().get("/api/v1/runs", headers={"Authorization": header})
    assert answer.status_code == 401
    assert "xxx" not in caplog.text
    assert "nonsense" not in caplog.text


def test_what_is_no_token_never_reaches_the_database(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(0):
        assert speaker("wr_" + "x" * 42) is None
        assert speaker("x" * 46) is None


def test_the_secret_is_kept_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    room()
    caplog.set_level("DEBUG")
    issued = issue("ana", "ci", [Scope.READ], 1)
    assert Caller(issued.secret).get("/runs").status_code == 200
    row = ApiToken.objects.get()
    stored = repr([getattr(row, field.attname) for field in ApiToken._meta.concrete_fields])
    told = repr(issued) + repr(tokens()) + stored + caplog.text
    assert issued.secret not in told
    assert issued.secret.removeprefix("wr_") not in told


def test_two_tokens_are_never_the_same() -> None:
    room()
    made = {issue("ana", "ci", [Scope.READ], 1).secret for _ in range(20)}
    assert len(made) == 20
    assert all(secret.startswith("wr_") and len(secret) == 46 for secret in made)


@pytest.mark.parametrize(
    ("username", "scopes", "days", "code"),
    [
        ("nobody", [Scope.READ], 1, "unknown_user"),
        ("ana", [], 1, "scopes"),
        ("ana", [Scope.READ], 0, "days"),
        ("ana", [Scope.READ], 367, "days"),
    ],
)
def test_a_token_that_makes_no_sense_is_refused(
    username: str, scopes: list[Scope], days: int, code: str
) -> None:
    room()
    with pytest.raises(Refused) as refused:
        issue(username, "ci", scopes, days)
    assert refused.value.code == code
    assert not ApiToken.objects.exists()


def test_revoking_what_is_not_there_says_so() -> None:
    with pytest.raises(Refused) as refused:
        revoke(404)
    assert refused.value.code == "unknown_token"
