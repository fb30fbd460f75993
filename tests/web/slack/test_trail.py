"""A click in Slack leaves the same trail as one in the room, also behind its acknowledgement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.spans import keeping
from tests.web.slack.kit import settled

if TYPE_CHECKING:
    from tests.web.slack.kit import Corner

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_done_behind_the_click_belongs_to_it(corner: Corner) -> None:
    with keeping() as kept:
        assert corner.press("ana", "roll_back").status_code == 200
        settled()
    assert len(kept.traces()) == 1
    said = dict(kept.one("click").attributes or {})
    assert (said["warroom.via"], said["warroom.verb"], said["warroom.actor"]) == (
        "slack", "roll_back", "ana",
    )  # fmt: skip
    assert said["warroom.run"] == corner.one.run_id
    visits = [span for span in kept.spans() if span.name == "visit"]
    assert visits
    assert {kept.above(span)[-1] for span in visits} == {"click"}


def test_a_form_that_was_sent_says_its_verb(corner: Corner) -> None:
    corner.press("ana", "go")
    with keeping() as kept:
        corner.send("ana")
        settled()
    said = dict(kept.one("click").attributes or {})
    assert (said["warroom.verb"], said["warroom.actor"]) == ("go", "ana")
    assert said["warroom.decision"].startswith(f"{corner.one.run_id}.")  # type: ignore[union-attr]  # a text
