"""Buttons below the pinned message: they say what they say, once, for whoever may say it now."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from migrations_app.actions.rollback import Back, latch
from migrations_app.models import ChannelPost, Decision, Event, Latch, Membership, Run
from migrations_app.reads.slack import NOWHERE
from tests.web import build
from tests.web.slack.kit import link, settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django import Settings

    from tests.web.slack.kit import Corner

pytestmark = pytest.mark.django_db(transaction=True)


def test_at_a_gate_there_is_go_apart_from_what_stops(corner: Corner) -> None:
    rows = [one for one in corner.live.blocks if one["type"] == "actions"]  # type: ignore[index]  # blocks are dictionaries
    names = [[one["action_id"] for one in row["elements"]] for row in rows]  # type: ignore[index]  # the same
    assert names == [["go"], ["no_go", "roll_back"]]
    assert corner.buttons()["roll_back"]["confirm"]["style"] == "danger"
    assert "Nothing is missing: Go waits for whoever decides." in corner.live.text


def test_go_shows_the_evidence_of_now_and_enters_the_next_phase(corner: Corner) -> None:
    assert corner.press("ana", "go").status_code == 200
    (view,) = corner.slack.people.views
    text = view["blocks"][0]["text"]["text"]  # type: ignore[index]  # blocks are dictionaries
    assert "Web traffic: 5 % → 50 % GREEN" in text
    assert "PASS · errors is fine" in text
    assert "You decide as ana." in text
    answer = corner.send("ana").json()
    assert answer["response_action"] == "update"
    assert "Go at gate 1 by ana." in answer["view"]["blocks"][0]["text"]["text"]
    assert corner.one.run.phase == 1
    decided = Decision.objects.get(run=corner.one.run_id, verb="go")
    assert (decided.via, decided.user_id) == ("slack", corner.one.users["ana"].pk)


def test_what_was_decided_can_not_be_pressed_any_more(corner: Corner) -> None:
    corner.press("ana", "go")
    corner.send("ana")
    corner.says()
    assert set(corner.buttons()) == {"no_go", "roll_back"}


def test_at_the_last_gate_go_completes_the_run(room: Callable[..., Corner]) -> None:
    first = {**build.PHASES[0], "steps": [], "gate": {"roles": ["dri"]}}
    corner = room(phases=[first])
    link(corner.one, "ana")
    assert corner.buttons()["complete"]["text"]["text"] == "Go: complete the run…"
    corner.press("ana", "complete")
    corner.send("ana")
    assert corner.one.run.state == "completed"
    corner.says()
    assert set(corner.buttons()) == {"roll_back"}


def test_a_form_that_is_sent_twice_counts_once(corner: Corner) -> None:
    corner.press("ana", "go")
    corner.send("ana")
    again = corner.send("ana").json()
    assert "Go at gate 1 by ana." in again["view"]["blocks"][0]["text"]["text"]
    assert Decision.objects.filter(run=corner.one.run_id, verb="go").count() == 1


def test_no_go_takes_a_reason_and_holds(corner: Corner) -> None:
    corner.press("lena", "no_go")
    assert corner.slack.people.views[0]["blocks"][1]["element"]["max_length"] == 500  # type: ignore[index]  # blocks are dictionaries
    refused = corner.send("lena", "   ").json()
    assert refused == {
        "response_action": "errors", "errors": {"reason": "No-Go takes a reason."}
    }  # fmt: skip
    assert corner.one.run.state == "gate"
    corner.send("lena", "p95 &lt; looks &amp; odd")
    assert corner.one.run.state == "held"
    newest = Event.objects.filter(run=corner.one.run_id, kind="no_go").get()
    assert newest.sentence == "No-Go by lena: p95 < looks & odd"


def test_roll_back_moves_the_traffic_and_says_so(corner: Corner) -> None:
    assert corner.press("ravi", "roll_back").status_code == 200
    latch = Latch.objects.get(run=corner.one.run_id)  # before Slack hears that we have it
    assert (latch.actor, latch.evidence["via"]) == ("ravi", "slack")
    said = corner.slack.people.told()
    assert said.startswith("Rolled back: every route is confirmed")
    assert re.search(r"\nweb: requested, applied after \d+.\d\d s, confirmed after \d+", said)
    assert [float(corner.one.plane(name).state().weight) for name in ("web", "flag")] == [0, 0]
    corner.says()
    assert set(corner.buttons()) == set()


def test_roll_back_is_never_too_old(corner: Corner) -> None:
    """Whatever happened since the message was drawn."""
    value = corner.buttons()["roll_back"]["value"]
    corner.press("ana", "no_go")
    corner.send("ana", "wait")
    corner.press("ana", "roll_back", value)
    assert Latch.objects.filter(run=corner.one.run_id).exists()
    corner.slack.people.told()


def test_past_the_point_of_no_return_it_freezes_and_leads_to_the_room(
    room: Callable[..., Corner],
) -> None:
    first = {**build.PHASES[0], "steps": [], "point_of_no_return": True, "gate": {"roles": ["dri"]}}
    corner = room(phases=[first, *build.PHASES[1:2]])
    link(corner.one, "ana")
    assert "past the point of no return" in corner.buttons()["roll_back"]["confirm"]["text"]["text"]
    corner.press("ana", "roll_back")
    said = corner.slack.people.told()
    assert 'type "canary"' in said
    assert f"/runs/{corner.one.run_id}/|Open the room" in said
    assert corner.one.run.state == "frozen"
    assert not Latch.objects.filter(run=corner.one.run_id).exists()


@pytest.mark.parametrize("action", ["go", "no_go"])
def test_a_superseded_button_changes_nothing_and_the_message_is_drawn_again(
    corner: Corner, action: str
) -> None:
    value = corner.buttons()[action]["value"]
    Run.objects.filter(pk=corner.one.run_id).update(revision=99)
    ChannelPost.objects.update(due_at=None)
    before, edits = Event.objects.count(), corner.live.edits
    corner.press("ana", action, value)
    said = corner.slack.people.told()
    assert "The room moved on" in said
    assert "Now: Move orders to the new database is GATE, phase 1 of 3." in said
    assert corner.slack.people.views == []
    assert Event.objects.count() == before
    corner.says()
    assert corner.live.edits == edits + 1
    assert corner.buttons()[action]["value"] != value


def test_a_form_that_was_overtaken_changes_nothing(corner: Corner) -> None:
    corner.press("ana", "go")
    Run.objects.filter(pk=corner.one.run_id).update(revision=99)
    answer = corner.send("ana").json()
    assert "The room moved on" in answer["view"]["blocks"][0]["text"]["text"]
    assert corner.one.run.phase == 0


def test_no_go_forward_lands_after_somebody_called_the_way_back(corner: Corner) -> None:
    """The latch is there, and nobody has written it down yet."""
    corner.press("ana", "go")
    latch(corner.one.run_id, corner.one.actor("lena"), Back(reason="errors rise"))
    answer = corner.send("ana").json()
    assert "nothing goes forward" in answer["view"]["blocks"][0]["text"]["text"]
    assert not Decision.objects.filter(run=corner.one.run_id, verb="go").exists()


def test_of_two_forms_the_first_decides(corner: Corner) -> None:
    """The second was overtaken by it."""
    for _ in range(2):
        corner.press("ana", "go")
    sent = corner.send("ana", view=0).json(), corner.send("ana", view=1).json()
    texts = [one["view"]["blocks"][0]["text"]["text"] for one in sent]
    assert "Go at gate 1 by ana." in texts[0]
    assert "The room moved on" in texts[1]
    assert Decision.objects.filter(run=corner.one.run_id, verb="go").count() == 1


def test_a_button_that_nobody_sealed_is_none_of_ours(corner: Corner) -> None:
    value = corner.buttons()["no_go"]["value"]
    for action, forged in (("roll_back", value), ("go", value + "x"), ("start", value), ("go", "")):
        corner.press("ana", action, forged)
    assert "no button of ours" in corner.slack.people.told(4)
    assert not Latch.objects.exists()


def test_go_says_what_it_waits_for(corner: Corner) -> None:
    build.judged(corner.one, "errors", "NO_DATA", "nothing is known")
    corner.press("ana", "go")
    assert "Go waits for: errors: nothing is known." in corner.slack.people.told()
    assert corner.slack.people.views == []


def test_over_a_failed_check_leads_to_the_room(corner: Corner) -> None:
    build.judged(corner.one, "errors", "FAIL", "too many")
    corner.press("ana", "go")
    said = corner.slack.people.told()
    assert "decide in the room and say why" in said
    assert "Open the room" in said


def test_a_check_that_fails_while_the_form_is_open_blocks_it(corner: Corner) -> None:
    corner.press("ana", "go")
    build.judged(corner.one, "errors", "FAIL", "too many")
    answer = corner.send("ana").json()
    assert "Go waits for: errors: too many." in answer["view"]["blocks"][0]["text"]["text"]
    assert corner.one.run.phase == 0


def test_production_goes_forward_only_in_the_room_and_back_from_anywhere(
    room: Callable[..., Corner],
) -> None:
    rehearsed = room()
    value = rehearsed.buttons()["go"]["value"]
    Run.objects.filter(pk=rehearsed.one.run_id).update(kind="production")
    link(rehearsed.one, "ana")
    rehearsed.press("ana", "go", value)
    assert "fresh proof" in rehearsed.slack.people.told()
    assert rehearsed.slack.people.views == []


def test_in_production_go_is_a_link(room: Callable[..., Corner]) -> None:
    corner = room()
    Run.objects.filter(pk=corner.one.run_id).update(kind="production")
    ChannelPost.objects.update(due_at="2020-01-01T00:00Z")
    corner.says()
    link(corner.one, "ana")
    buttons = corner.buttons()
    assert set(buttons) == {"open", "no_go", "roll_back"}
    assert buttons["open"]["url"].endswith(f"/runs/{corner.one.run_id}/")
    corner.press("ana", "roll_back")
    assert corner.slack.people.told().startswith("Rolled back")


@pytest.mark.parametrize("action", ["go", "no_go", "roll_back"])
def test_an_unlinked_person_gets_an_explanation_and_a_way(corner: Corner, action: str) -> None:
    corner.press("stranger", action)
    said = corner.slack.people.told()
    assert "not linked to your Warroom account" in said
    assert "/slack/link/" in said
    assert corner.one.run.state == "gate"


@pytest.mark.parametrize("action", ["go", "no_go", "roll_back"])
def test_without_a_role_it_is_as_if_there_were_no_run(corner: Corner, action: str) -> None:
    link(corner.one, "stranger")
    value = corner.buttons()[action]["value"]
    corner.press("stranger", action, value)
    assert corner.slack.people.told() == NOWHERE
    assert not Latch.objects.exists()


@pytest.mark.parametrize(("name", "action"), [("kim", "roll_back"), ("otto", "no_go"),
                                              ("ravi", "go")])  # fmt: skip
def test_the_role_is_asked_for_at_the_click(corner: Corner, name: str, action: str) -> None:
    corner.press(name, action)
    assert "takes one of these roles" in corner.slack.people.told()
    assert corner.one.run.state == "gate"


def test_a_role_lost_while_the_form_is_open_is_lost(corner: Corner) -> None:
    corner.press("ana", "go")
    Membership.objects.filter(user=corner.one.users["ana"]).delete()
    answer = corner.send("ana").json()
    assert answer["view"]["blocks"][0]["text"]["text"] == NOWHERE
    assert corner.one.run.phase == 0


def test_who_was_put_out_is_a_stranger_in_slack_too(corner: Corner) -> None:
    ana = corner.one.users["ana"]
    ana.is_active = False
    ana.save()
    corner.press("ana", "roll_back")
    assert "not linked" in corner.slack.people.told()
    assert not Latch.objects.exists()


def test_when_slack_opens_no_form_nobody_is_left_thinking_it_did(corner: Corner) -> None:
    corner.slack.fail_next("503", method="views.open")
    assert corner.press("ana", "go").status_code == 502
    said = corner.slack.people.told()
    assert "could not be opened" in said
    assert "Open the room" in said


def test_an_answer_that_can_not_be_given_takes_nothing_back(corner: Corner) -> None:
    """Slack may be gone: the traffic is back on BLUE, and that is written down."""
    value = corner.buttons()["roll_back"]["value"]
    corner.slack.fail_next("drop")
    corner.press("lena", "roll_back", value)
    settled()
    assert corner.slack.requests[-1].outcome == "drop"
    assert corner.one.run.state == "rolled_back"
    assert float(corner.one.plane("web").state().weight) == 0


def test_without_a_secret_there_is_nothing_to_press(corner: Corner, settings: Settings) -> None:
    settings.WARROOM_SLACK_SIGNING_SECRETS = []
    ChannelPost.objects.update(due_at="2020-01-01T00:00Z")
    corner.says()
    assert corner.buttons() == {}
