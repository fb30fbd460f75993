"""People in the room: the forms of one's own part, with and without JavaScript."""

from __future__ import annotations

import re
from datetime import timedelta
from html import escape
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.template.loader import render_to_string

from migrations_app.actions.presence import seen
from migrations_app.domain.handing import OFFER_STANDS
from migrations_app.domain.plan.people import Role
from migrations_app.models import Event, Handover, Membership, StepTaken
from migrations_app.models.clock import db_now
from migrations_app.reads.access import seats_in
from migrations_app.reads.room import room
from migrations_app.web.guard import Seat
from migrations_app.web.mine import mine as mine_of
from migrations_app.web.regions import scene
from tests.actions.test_handover import dri
from tests.web import build
from tests.web.conftest import screen

if TYPE_CHECKING:
    from migrations_app.reads.room.people import PersonView

pytestmark = pytest.mark.django_db

EVIL = "<script>alert(1)</script>'\"{{7*7}}"


def crewed(**changes: Any) -> build.World:
    """At an open gate that waits for ravi; bea backs up the DRI."""
    one = build.at_gate(**changes)
    bea = User.objects.filter(username="bea").first() or User.objects.create_user("bea")
    migration = one.run.migration
    Membership.objects.create(migration=migration, user=bea, role=Role.DRI, backup=True)
    return build.World(one.number, one.run_id, {**one.users, "bea": bea})


def part(one: build.World, name: str) -> str:
    """The forms of `name`'s part, as they are drawn now."""
    seats = seats_in(one.run.migration_id, one.users[name].pk)
    shown = room(one.run_id)
    mine = mine_of(shown, Seat(one.run_id, one.actor(name), seats))
    html = render_to_string("warroom/crew/part.html", {"room": shown, "mine": mine})
    return " ".join(html.split())


def offered(one: build.World, to: str = "bea", reason: str = "") -> int:
    answer = screen(one, "ana").click("handover/offer", role="dri", to=to, reason=reason)
    assert answer.status_code == HTTPStatus.SEE_OTHER
    return Handover.objects.get(outcome="").pk


def test_a_role_is_handed_over_by_two_people_and_two_forms() -> None:
    one = crewed()
    assert "Hand over dri…" in part(one, "ana")
    assert re.search(r"<option>bea</option>\s?<option>", part(one, "ana"))
    number = offered(one, reason="my shift ends")
    assert "You offer the role <strong>dri</strong> to <strong>bea</strong>" in part(one, "ana")
    assert "Hand over dri…" not in part(one, "ana")
    assert "offers you the role <strong>dri</strong>: my shift ends" in part(one, "bea")
    bea = screen(one, "bea")
    said = bea.click("handover/accept", htmx=True, offer=number)
    assert "bea took over the role dri" in said.content.decode()
    assert "do-go" in said.content.decode(), "the answer shows what the new DRI may do"
    assert dri() == ["bea"]
    assert "Hand over dri…" in part(one, "bea")
    assert "Take over as DRI…" in part(one, "ana")


def test_declining_and_withdrawing() -> None:
    one = crewed()
    number = offered(one)
    bea = screen(one, "bea")
    refused = bea.click("handover/decline", offer=number)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Declining takes a reason" in refused.content.decode()
    bea.click("handover/decline", offer=number, reason="on a train")
    assert "offers you" not in part(one, "bea")
    again = offered(one, "ravi")
    screen(one, "ana").click("handover/withdraw", offer=again)
    assert [row.outcome for row in Handover.objects.order_by("pk")] == ["declined", "withdrawn"]


def test_an_offer_leaves_the_screen_when_it_is_void() -> None:
    one = crewed()
    offered(one)
    Handover.objects.update(offered_at=db_now() - OFFER_STANDS)
    assert "offers you" not in part(one, "bea")
    assert "Hand over dri…" in part(one, "ana")
    assert room(one.run_id).offers == ()


def test_taking_over_tells_where_the_dri_is() -> None:
    one = crewed()
    assert "<strong>ana</strong> leads and was never here" in part(one, "bea")
    seen([(one.run_id, one.users["ana"].pk)])
    assert "leads and is here: ask them" in part(one, "bea")
    assert "Take over" not in part(one, "ravi")
    answer = screen(one, "bea").click("handover/take-over", htmx=True, reason="asleep")
    assert "without their yes" in answer.content.decode()
    assert "do-go" in answer.content.decode()
    late = screen(one, "ana").click("go", htmx=True)
    assert late.status_code == HTTPStatus.FORBIDDEN
    assert "do-go" not in late.content.decode()
    assert dri() == ["bea"]


def test_a_step_is_taken_put_down_noted_and_done() -> None:
    one = crewed()
    assert 'Look at the dashboards</strong> <span class="quiet">database, nobody' in part(
        one, "ravi"
    )
    assert "1 step of others" in part(one, "lena")
    ravi, lena = screen(one, "ravi"), screen(one, "lena")
    ravi.click("steps/take", step="look")
    assert "Put down" in part(one, "ravi")
    assert "Take over from ravi" in part(one, "lena")
    assert "ravi is at that step" in lena.click("steps/take", step="look").content.decode()
    lena.click("steps/take", step="look", over="ravi")
    lena.click("steps/note", step="look", reason="half of it")
    assert "half of it" in part(one, "ravi")
    assert "You are not at that step" in ravi.click("steps/put-down", step="look").content.decode()
    lena.click("steps/put-down", step="look")
    assert not StepTaken.objects.exists()


def test_a_step_that_takes_too_long_says_since_when() -> None:
    phases = [dict(build.PHASES[0]), *build.PHASES[1:]]
    phases[0]["steps"] = [{**build.PHASES[0]["steps"][0], "expected": "5m"}]
    one = crewed(phases=phases)
    screen(one, "ravi").click("steps/take", step="look")
    assert "data-late" not in part(one, "ravi")
    StepTaken.objects.update(at=db_now() - timedelta(minutes=6))
    assert "data-late" in part(one, "ravi")


def test_nudging_asks_once_and_says_when_again() -> None:
    one = build.ready()
    assert "<strong>ravi</strong> owes the sign-off for database" in part(one, "ana")
    assert "owes" not in part(one, "ravi")
    ana = screen(one, "ana")
    told = ana.click("nudge", htmx=True, person="ravi", about="sign_off")
    assert "ana asks ravi for the sign-off for database" in told.content.decode()
    assert "asked, again" in part(one, "lena")
    again = screen(one, "lena").click("nudge", role="database", about="sign_off")
    assert again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "was asked for that just now" in again.content.decode()


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("handover/offer", {"role": "king", "to": "bea"}),
        ("handover/accept", {"offer": "x"}),
        ("handover/accept", {"offer": "१२"}),
        ("handover/withdraw", {}),
        ("nudge", {"role": "", "about": "sign_off"}),
    ],
)
def test_a_form_that_says_nothing_is_refused_in_words(name: str, fields: dict[str, Any]) -> None:
    one = crewed()
    answer = screen(one, "ana").click(name, **fields)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Load the page again" in answer.content.decode()


def test_my_turn_changes_with_people_and_not_with_being_seen_again() -> None:
    one = crewed()

    def turn() -> str:
        return scene(one.run_id).regions["turn"]

    turns = [turn()]
    seen([(one.run_id, one.users["ana"].pk)])
    assert turn() == turns[0]
    clicks: list[tuple[str, str, dict[str, Any]]] = [
        ("ravi", "steps/take", {"step": "look"}),
        ("ana", "nudge", {"person": "ravi", "about": "step:look"}),
        ("ana", "handover/offer", {"role": "dri", "to": "bea"}),
        ("bea", "handover/take-over", {"reason": "asleep"}),
    ]
    for name, click, fields in clicks:
        assert screen(one, name).click(click, **fields).status_code == HTTPStatus.SEE_OTHER
        turns.append(turn())
    assert len(set(turns)) == len(turns)


def test_text_from_people_stays_text() -> None:
    one = crewed()
    offered(one, reason=EVIL)
    ravi = screen(one, "ravi")
    ravi.click("steps/take", step="look")
    ravi.click("steps/note", step="look", reason=EVIL)
    shown = part(one, "bea")
    assert EVIL not in shown
    assert shown.count(escape(EVIL)) == 2


def person(one: build.World, name: str) -> PersonView:
    return next(found for found in room(one.run_id).people if found.name == name)


def test_what_the_room_knows_of_a_person() -> None:
    one = build.ready()
    ravi = person(one, "ravi")
    assert [owed.about for owed in ravi.owes] == ["sign_off"]
    assert ravi.nudgeable == ravi.owes
    screen(one, "ravi").click("sign-off", role="database")
    ravi = person(one, "ravi")
    assert (ravi.owes, ravi.signed_at is not None) == ((), True)
    assert [owed.about for owed in person(one, "ana").owes] == ["decision"]
    offered(one, "ravi")
    assert person(one, "ana").offering is not None
    assert [owed.about for owed in person(one, "ravi").owes] == ["handover"]


def test_every_one_of_these_clicks_is_on_the_timeline_once() -> None:
    one = crewed()
    ana = screen(one, "ana")
    for _ in range(2):
        ana.click("handover/offer", role="dri", to="bea", key="same")
    assert Event.objects.filter(kind="handover_offered").count() == 1


def test_backups_of_the_dri_are_offered_no_go_of_their_own() -> None:
    one = build.ready()
    Membership.objects.filter(user=one.users["ana"], role=Role.DRI).update(backup=True)
    page = screen(one, "ana").look()
    assert "do-go" not in page
    assert "do-no-go" in page
    assert "do-roll-back" in page
    assert screen(one, "ana").click("go").status_code == HTTPStatus.FORBIDDEN
