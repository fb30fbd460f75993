"""The list of runs: what is live, next and over, where each stands, whether it waits for you."""

from __future__ import annotations

import re
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from migrations_app.actions import handover
from migrations_app.domain.actor import Click
from migrations_app.domain.plan.people import Role
from migrations_app.domain.states import State
from migrations_app.models import Membership, Migration, Route, Run
from migrations_app.reads.room import room
from migrations_app.reads.runs import Standing, runs
from tests.web import build
from tests.web.conftest import screen

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

XSS = """'"><img src=x onerror=alert(1)>{{7*7}}"""


def stands(one: build.World, name: str) -> Standing:
    """Where the run stands for `name`."""
    found = runs(one.users[name].pk)
    [standing] = [each for each in (*found.live, *found.planned) if each.run.id == one.run_id]
    return standing


def test_live_next_and_past_of_mine_only() -> None:
    live, planned = build.at_gate(), build.world(title="Next one")
    ended = build.world(title="Old one")
    screen(ended, "ana").click("call-off")
    page = screen(live, "ana").client.get("/").content.decode()
    places = [page.index(f'<h2 id="{one}">') for one in ("live", "next", "past")]
    runs_at = [page.index(f"/runs/{one.run_id}/") for one in (live, planned, ended)]
    assert sorted([*places, *runs_at]) == [
        place for pair in zip(places, runs_at, strict=True) for place in pair
    ]
    nothing = screen(planned, "stranger").client.get("/").content.decode()
    assert "Move orders" not in nothing
    assert "/runs/" not in nothing


def test_a_newcomer_is_told_what_to_do() -> None:
    one = build.world()
    page = screen(one, "stranger").client.get("/").content.decode()
    assert "python manage.py runbook load runbook.yaml" in page
    migration = one.run.migration
    other = Migration.objects.create(slug="b", title="B", plan=migration.plan, sha256="0" * 64)
    Membership.objects.filter(migration=migration).update(migration=other)
    observer = screen(one, "otto").client.get("/").content.decode()
    assert "there is no run of that migration yet" in observer
    assert "Begin with a rehearsal" in screen(one, "ana").client.get("/").content.decode()


@pytest.mark.parametrize(
    ("name", "yours"),
    [
        ("ravi", ("the sign-off for database", 'step "Look at the dashboards"')),
        ("ana", ()),
        ("otto", ()),
    ],
)
def test_what_waits_for_you(name: str, yours: tuple[str, ...]) -> None:
    assert stands(build.at_gate(), name).yours == yours


def test_the_decision_waits_for_the_dri_once_nothing_else_is_waited_for() -> None:
    one = build.ready()
    assert stands(one, "ana").waits == "database has not signed off"
    screen(one, "ravi").click("sign-off", role="database")
    standing = stands(one, "ana")
    assert standing.yours == ("the decision at gate 1: Go or No-Go",)
    assert standing.waits == "ana decides: Go or No-Go"
    page = screen(one, "ana").client.get("/").content.decode()
    assert "waits for you: the decision at gate 1: Go or No-Go" in page
    assert "<strong>1</strong> waits for you" in page


def test_a_role_that_is_offered_waits_for_an_answer() -> None:
    one = build.world()
    assert stands(one, "lena").yours == ()
    handover.offer(one.run_id, one.actor("kim"), Click(), Role.COMMS_LEAD, "lena")
    assert stands(one, "lena").yours == ("an answer to kim, who offers the role comms lead",)


@pytest.mark.parametrize("state", [State.GATE, State.HELD, State.PLANNED])
def test_it_says_of_everyone_what_the_room_says(state: State) -> None:
    """The list and the room are two ways to the same answer."""
    one = build.world() if state is State.PLANNED else build.at_gate()
    if state is State.HELD:
        screen(one, "ana").click("no-go", reason="lag")
    shown = room(one.run_id)
    for name in build.PEOPLE:
        mine = [person for person in shown.people if person.name == name]
        owed = [debt.what for person in mine for debt in person.owes]
        ours = [said for said in stands(one, name).yours if said != "the start"]
        assert ours == owed


def test_share_phase_and_lateness() -> None:
    one = build.ready()
    Route.objects.filter(run=one.run_id, name="web").update(observed=7)
    earlier = one.run.created_at - timedelta(minutes=5)
    Run.objects.filter(pk=one.run_id).update(started_at=earlier)
    standing = stands(one, "kim")
    assert (standing.green, standing.dri) == ("5 to 7 %", "ana")
    assert (standing.pace.phase, standing.pace.phases) == (1, 3)
    entered = one.run.phase_entered_at
    assert entered is not None
    assert standing.pace.late == entered - earlier
    assert standing.pace.due_at == earlier  # the first phase has no hold: the next was due at once


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("orders", True), ("ORDERS-db", True), ("rehearsal new", True), ("moon", False),
        ("%", False), ("_", False), ("\x00", True), ("' OR 1=1", False),
    ],
)  # fmt: skip
def test_search(text: str, found: bool) -> None:
    one = build.ready()
    answer = screen(one, "kim").client.get("/", {"q": text})
    assert answer.status_code == HTTPStatus.OK
    assert (f"/runs/{one.run_id}/" in answer.content.decode()) == found


def test_text_stays_text() -> None:
    one = build.ready()
    Run.objects.filter(pk=one.run_id).update(why=XSS)
    Migration.objects.update(title=XSS)
    for query in ({}, {"q": XSS}, {"q": "orders"}):
        page = screen(one, "ana").client.get("/", query).content.decode()
        assert "<img" not in page
        assert "onerror=alert(1)&gt;" in page


def test_past_runs_come_a_page_at_a_time_by_their_end() -> None:
    one = build.world()
    migration, now = one.run.migration, one.run.created_at
    ended = [
        Run.objects.create(
            migration=migration, environment="rehearsal", kind="rehearsal", plan=one.run.plan,
            plan_sha256=one.run.plan_sha256, state=State.COMPLETED, started_at=now,
            ended_at=now + timedelta(minutes=(number * 7) % 25),
        ).pk
        for number in range(25)
    ]  # fmt: skip
    client, path, seen = screen(one, "ana").client, "/", []
    while path:
        page = client.get(path).content.decode()
        seen += [int(pk) for pk in re.findall(r'past">.*?/runs/(\d+)/', page, re.DOTALL)]
        older = re.search(r'rel="next" href="([^"]*)#past"', page)
        path = "/" + older[1].replace("&amp;", "&") if older else ""
    assert seen == sorted(ended, key=lambda pk: ((ended.index(pk) * 7) % 25, pk), reverse=True)


@pytest.mark.parametrize("before", ["x", "-1", "٣", "9" * 40])
def test_a_page_that_is_no_number_is_not_found(before: str) -> None:
    one = build.world()
    answer = screen(one, "ana").client.get("/", {"before": before})
    assert answer.status_code == HTTPStatus.NOT_FOUND


def test_it_asks_the_same_however_many_runs() -> None:
    def asked(client: Client) -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/")
        return len(queries)

    first = build.ready()
    client = screen(first, "ana").client
    screen(build.world(), "ana").click("call-off")
    build.world()
    few = asked(client)
    for _ in range(4):
        build.ready()
        build.world()
        screen(build.world(), "ana").click("call-off")
    assert asked(client) == few


def test_a_dri_plans_a_run_from_the_list() -> None:
    one = build.world()
    ana, path = screen(one, "ana"), f"/migrations/{one.run.migration_id}/plan"
    page = ana.client.get("/").content.decode()
    assert f'action="{path}"' in page
    assert "<option>rehearsal</option>" in page
    response = ana.client.post(path, {"environment": "rehearsal"})
    newest = Run.objects.order_by("-pk")[0]
    assert (response.status_code, response["Location"]) == (303, f"/runs/{newest.pk}/")
    assert newest.pk != one.run_id


def test_planning_says_why_not() -> None:
    one = build.world()
    path = f"/migrations/{one.run.migration_id}/plan"
    for name, words in {
        "ana": "no environment &quot;moon&quot;",
        "ravi": "one of these roles",
    }.items():
        response = screen(one, name).client.post(path, {"environment": "moon"}, follow=True)
        assert words in response.content.decode()
    assert "Plan a run" not in screen(one, "ravi").client.get("/").content.decode()
    stranger = screen(one, "stranger").client.post(path, {"environment": "rehearsal"})
    assert stranger.status_code == HTTPStatus.NOT_FOUND
    assert Run.objects.count() == 1
