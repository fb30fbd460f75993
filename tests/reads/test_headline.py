"""The one message that says where a run is: whom it waits for, and what can be pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from migrations_app.domain.states import State
from migrations_app.models import Run
from migrations_app.reads.headline import live_message
from tests.web import build

if TYPE_CHECKING:
    from pytest_django import Settings

    from migrations_app.domain.message import Message

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _heard(settings: Settings) -> None:
    settings.WARROOM_SLACK_SIGNING_SECRETS = ["secret"]


def shown(one: build.World) -> Message:
    return live_message(one.run, "team", "")


def pressable(one: build.World) -> list[list[str]]:
    return [[button.action for button in row] for row in shown(one).rows]


def test_whom_go_waits_for() -> None:
    one = build.ready()
    assert "Go waits for: database has not signed off." in shown(one).lines


def test_a_check_that_blocks_is_told_by_itself() -> None:
    first = {**build.PHASES[0], "steps": [], "gate": {"checks": ["errors"], "roles": ["dri"]}}
    one = build.ready(phases=[first, *build.PHASES[1:]])
    assert "Nothing is missing: Go waits for whoever decides." in shown(one).lines
    build.judged(one, "errors", "FAIL", "too many errors")
    assert shown(one).lines == ("FAIL · too many errors",)


@pytest.mark.parametrize(
    ("state", "rows"),
    [
        (State.PLANNED, []),
        (State.SHIFTING, [["no_go", "roll_back"]]),
        (State.BAKING, [["no_go", "roll_back"]]),
        (State.GATE, [["go"], ["no_go", "roll_back"]]),
        (State.HELD, [["roll_back"]]),
        (State.FROZEN, [["roll_back"]]),
        (State.ROLLING_BACK, []),
        (State.ROLLED_BACK, []),
        (State.COMPLETED, [["roll_back"]]),
        (State.CALLED_OFF, []),
    ],
)
def test_only_what_makes_sense_can_be_pressed(state: State, rows: list[list[str]]) -> None:
    one = build.ready()
    Run.objects.filter(pk=one.run_id).update(state=state)
    assert pressable(one) == rows


def test_where_nobody_hears_there_is_nothing_to_press(settings: Settings) -> None:
    settings.WARROOM_SLACK_SIGNING_SECRETS = []
    assert shown(build.ready()).rows == ()


def test_what_is_typed_or_proved_leads_to_the_room() -> None:
    one = build.ready()
    Run.objects.filter(pk=one.run_id).update(kind="production")
    (go,), (_, back) = shown(one).rows
    assert (go.action, go.value) == ("open", "")
    assert go.link.endswith(f"/runs/{one.run_id}/")
    assert (back.link, bool(back.value)) == ("", True)
    phases = [build.PHASES[0], build.PHASES[2]]
    other = build.ready(phases=[{**phases[0], "steps": []}, phases[1]])
    assert pressable(other)[0] == ["open"]


def test_the_question_before_going_back_names_what_moves() -> None:
    one = build.ready()
    confirm = shown(one).rows[1][1].confirm
    assert confirm is not None
    assert confirm.text == "Back to BLUE, at once: Web traffic, Read path."


def test_nothing_new_looks_the_same() -> None:
    """So that it is not sent again."""
    one = build.ready()
    assert shown(one) == shown(one)
