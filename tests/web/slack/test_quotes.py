"""A shortcut or a reaction puts a message on the timeline: once, by who may, of this run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from migrations_app.actions import gate
from migrations_app.actions.start import call_off
from migrations_app.domain.actor import Click
from migrations_app.models import Event, Run, SlackQuote
from tests.channels.slack_desk import permalink
from tests.channels.slack_workspace import Posted
from tests.web.slack.kit import ROOM, link, settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django import Settings

    from tests.web.slack.kit import Corner

pytestmark = pytest.mark.django_db(transaction=True)


def notes(corner: Corner) -> list[Event]:
    return list(Event.objects.filter(run=corner.one.run_id, kind="note").order_by("seq"))


def written(corner: Corner, by: str = "U0RAVI", text: str = "lag &lt; 1 s now") -> Posted:
    return corner.slack.workspace.written(ROOM, by, text)


def test_a_reaction_quotes_with_the_way_back(corner: Corner) -> None:
    message = written(corner)
    assert corner.react("kim", message).status_code == 200
    (note,) = notes(corner)
    assert note.sentence == "kim quotes ravi from Slack: lag < 1 s now"
    assert note.actor == "kim"
    assert note.payload["slack"] == permalink(ROOM, message.ts)
    assert note.payload["said_by"] == "ravi"
    assert note.payload["said_at"].startswith("2023-11-14T22:13:2")


def test_a_shortcut_quotes_and_says_so(corner: Corner) -> None:
    message = written(corner, "U0KIM", "status page is up")
    assert corner.choose("kim", message).status_code == 200
    said = corner.slack.people.told()
    (note,) = notes(corner)
    assert note.sentence == "kim in Slack: status page is up"
    assert note.payload["slack"] == (
        f"https://acme.slack.com/archives/{ROOM}/p{message.ts.replace('.', '')}"
    )
    assert f"entry {note.seq}." in said
    assert "|Open the entry>" in said


def test_whoever_puts_it_there_it_stands_there_once(corner: Corner) -> None:
    message = written(corner)
    corner.react("kim", message)
    corner.react("kim", message, **{"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "timeout"})
    corner.react("ana", message)
    corner.choose("lena", message)
    assert "It stands there already" in corner.slack.people.told()
    assert len(notes(corner)) == SlackQuote.objects.count() == 1


def test_only_the_reaction_that_was_chosen(corner: Corner, settings: Settings) -> None:
    message = written(corner)
    corner.react("kim", message, "thumbsup")
    assert notes(corner) == []
    settings.WARROOM_SLACK_EMOJI = "raised_hand"
    corner.react("kim", message, "raised_hand::skin-tone-4")
    assert len(notes(corner)) == 1


def test_a_reply_in_a_thread_is_quoted_too(corner: Corner) -> None:
    parent = written(corner)
    reply = corner.slack.workspace.written(ROOM, "U0LENA", "and it fell", parent.ts)
    corner.react("kim", reply)
    corner.choose("kim", corner.slack.workspace.written(ROOM, "U0LENA", "for good", parent.ts))
    first, second = notes(corner)
    assert first.sentence == "kim quotes lena from Slack: and it fell"
    assert f"?thread_ts={parent.ts}&cid={ROOM}" in second.payload["slack"]


def test_where_two_runs_are_told_of_a_reply_says_which(
    corner: Corner, room: Callable[..., Corner]
) -> None:
    other = room()
    lone = written(corner)
    corner.choose("kim", lone)
    assert "Say which one" in corner.slack.people.told()
    corner.react("kim", lone)
    settled()
    assert "Say which one" in corner.slack.people.whispers[-1].text
    below = corner.slack.workspace.written(ROOM, "U0RAVI", "this one", other.live.ts)
    corner.react("kim", below)
    assert (len(notes(corner)), len(notes(other))) == (0, 1)


def test_nothing_happens_where_no_live_run_is_told_of(corner: Corner) -> None:
    message = written(corner)
    ana = corner.one.actor("ana")
    gate.no_go(corner.one.run_id, ana, Click(reason="enough"))
    Run.objects.filter(pk=corner.one.run_id).update(state="rolled_back")
    call_off(corner.one.run_id, ana, Click())
    assert corner.react("kim", message).status_code == 200
    corner.choose("kim", message)
    assert "told of no live run" in corner.slack.people.told()
    assert notes(corner) == []
    assert corner.slack.people.whispers == []


def test_the_unlinked_are_told_by_a_whisper(corner: Corner) -> None:
    corner.react("stranger", written(corner))
    corner.choose("stranger", written(corner))
    assert "not linked" in corner.slack.people.told()
    settled()
    (whisper,) = corner.slack.people.whispers
    assert (whisper.room, whisper.user) == (ROOM, "U0STRANGER")
    assert "/slack/link/" in whisper.text
    assert notes(corner) == []


def test_a_seat_is_needed_and_one_that_may_write(corner: Corner) -> None:
    link(corner.one, "stranger")
    message = written(corner)
    asked = len(corner.slack.requests)
    corner.react("stranger", message)
    corner.react("otto", message)
    settled()
    told = {one.user: one.text for one in corner.slack.people.whispers}
    assert "no live run that you have a role in" in told["U0STRANGER"]
    assert "takes one of these roles" in told["U0OTTO"]
    methods = [one.method for one in corner.slack.requests[asked:]]
    assert methods.count("conversations.replies") == 1  # never for a stranger
    assert notes(corner) == []


def test_while_slack_is_away_it_is_asked_to_come_again(corner: Corner) -> None:
    message = written(corner)
    corner.slack.fail_next("503", method="conversations.replies")
    assert corner.react("kim", message).status_code == 503
    assert corner.react("kim", message).status_code == 200
    assert len(notes(corner)) == 1


def test_a_message_that_is_gone_is_told(corner: Corner) -> None:
    message = written(corner)
    corner.slack.workspace.remove(ROOM, message.ts)
    assert corner.react("kim", message).status_code == 200
    settled()
    assert "deleted" in corner.slack.people.whispers[-1].text


@pytest.mark.parametrize("text", ["", "   \n ", "\u200b"])
def test_without_words_there_is_nothing_to_quote(corner: Corner, text: str) -> None:
    corner.choose("kim", written(corner, text=text))
    assert "no text" in corner.slack.people.told()
    assert notes(corner) == []


def test_a_long_message_is_cut_and_the_whole_is_a_click_away(corner: Corner) -> None:
    corner.choose("kim", written(corner, text="word " * 900 + "<!channel>"))
    (note,) = notes(corner)
    assert note.sentence.endswith("…")
    assert len(note.sentence) < 560


def test_what_is_not_a_message_is_left_alone(corner: Corner) -> None:
    elsewhere = Posted("1.1", "C0OTHER", "x", [], {})
    assert corner.react("kim", elsewhere).status_code == 200
    assert corner.slack.people.whispers == []
