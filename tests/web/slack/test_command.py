"""`/warroom`: only what this person may see, only to them, and in sentences."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from migrations_app.models import Event, SlackAccount
from migrations_app.reads.slack import NOWHERE
from tests.web.slack.kit import link

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.slack.kit import Corner

pytestmark = pytest.mark.django_db(transaction=True)


def notes(corner: Corner) -> list[str]:
    rows = Event.objects.filter(run=corner.one.run_id, kind="note").order_by("seq")
    return list(rows.values_list("sentence", flat=True))


@pytest.mark.parametrize("text", ["", "status", "STATUS", "  status  orders-db "])
def test_status_says_where_my_runs_are(room: Callable[..., Corner], text: str) -> None:
    corner = room(comms={"cadence": "20m"})
    link(corner.one, "kim")
    said = corner.type("kim", text)
    assert f"{corner.one.run.migration.slug} (run {corner.one.run_id}, rehearsal): GATE" in said
    assert "1/3 Canary 5 %, 5 % GREEN" in said
    assert "waits for: ana decides: Go or No-Go" in said
    assert re.search(r"next update: \d\d:\d\d UTC by kim", said)
    assert f"/runs/{corner.one.run_id}/|Room of run {corner.one.run_id}" in said


def test_status_of_one_name_only(room: Callable[..., Corner]) -> None:
    first, second = room(), room()
    link(first.one, "kim")
    name = second.one.run.migration.slug
    said = first.type("kim", f"status {name}")
    assert name in said
    assert first.one.run.migration.slug not in said
    assert "with &quot;" not in said
    assert 'with "nothing-like-it"' in first.type("kim", "status nothing-like-it")


def test_a_stranger_sees_none_of_it(corner: Corner) -> None:
    link(corner.one, "stranger")
    slug = corner.one.run.migration.slug
    for text in ("", f"status {slug}"):
        assert "No run of yours" in corner.type("stranger", text)
    assert corner.type("stranger", f"note {slug} hello") == NOWHERE
    assert corner.type("stranger", "note no-such-run hello") == NOWHERE


def test_many_runs_fit_into_one_answer(room: Callable[..., Corner]) -> None:
    corners = [room() for _ in range(9)]
    link(corners[0].one, "ana")
    said = corners[0].type("ana", "")
    assert "… and 1 more" in said
    assert said.count("GATE") == 8


@pytest.mark.parametrize("text", ["", "status", "unlink", "note orders hello"])
def test_who_is_not_linked_is_told_how(corner: Corner, text: str) -> None:
    said = corner.type("stranger", text)
    assert "not linked to your Warroom account" in said
    assert "/slack/link/" in said


def test_help_needs_no_account_and_names_what_there_is(corner: Corner) -> None:
    for text in ("help", "dance a tango"):
        said = corner.type("stranger", text)
        for form in ("/warroom status", "/warroom note", "/warroom link", "/warroom unlink"):
            assert form in said
    assert "There is no /warroom dance." in corner.type("stranger", "dance a tango")


def test_a_note_stands_on_the_timeline(corner: Corner) -> None:
    said = corner.type("kim", f"note {corner.one.run_id} p95 &lt; 250 ms, says <@U0ANA|ana>")
    assert notes(corner) == ["kim: p95 < 250 ms, says @ana"]
    assert said.startswith("On the timeline, entry ")
    slug = corner.one.run.migration.slug
    corner.type("kim", f"note {slug.upper()} again")
    corner.type("kim", f"note {slug[3:]} and by a part of the name")
    assert len(notes(corner)) == 3


def test_a_note_says_what_is_wrong_with_it(corner: Corner, room: Callable[..., Corner]) -> None:
    assert "Say which run and what" in corner.type("kim", "note")
    assert "Say which run and what" in corner.type("kim", f"note {corner.one.run_id}")
    assert "500 characters, this one has 501" in corner.type(
        "kim", f"note {corner.one.run_id} {'x' * 501}"
    )
    assert "takes one of these roles" in corner.type("otto", f"note {corner.one.run_id} hello")
    other = room()
    said = corner.type("kim", "note orders hello")
    assert f"Say its number: {other.one.run_id}, {corner.one.run_id}." in said
    assert notes(corner) == []


def test_linked_and_unlinked(corner: Corner) -> None:
    assert corner.type("kim", "link") == "Your Slack account is linked to kim."
    assert "no longer linked to kim" in corner.type("kim", "unlink")
    assert "not linked" in corner.type("kim", "link")
    assert not SlackAccount.objects.filter(user=corner.one.users["kim"]).exists()


def test_nothing_that_is_typed_is_markup_in_the_answer(corner: Corner) -> None:
    said = corner.type("kim", "status &lt;!channel&gt;")
    assert "<!channel>" not in said
    assert "&lt;!channel&gt;" in said
