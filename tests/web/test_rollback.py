"""Roll back: one click that moves real planes, whatever the screen was."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest

from migrations_app.conductor.reconcile import reconcile
from migrations_app.domain.states import State
from migrations_app.drivers.fake.faults import Faults
from migrations_app.models import Latch, Route
from tests.web import build
from tests.web.conftest import screen

if TYPE_CHECKING:
    from decimal import Decimal

pytestmark = pytest.mark.django_db(transaction=True)

_PAST = [{"name": "all", "title": "Everything", "weights": {"web": 100, "flag": 100},
          "abort_policy": "freeze", "point_of_no_return": True}]  # fmt: skip


def moved(**changes: object) -> build.World:
    """A run whose planes really carry the first phase's weights."""
    one = build.started(build.world(**changes))
    for route in Route.objects.filter(run=one.run_id):
        reconcile(route.pk)
    return build.settled(one)


def weights(one: build.World) -> list[Decimal]:
    return [one.plane(name).state().weight for name in ("web", "flag")]


@pytest.mark.parametrize("name", ["ana", "ravi", "lena"])
def test_one_click_brings_every_plane_back(name: str) -> None:
    one = moved()
    assert weights(one) == [5, 5]
    answer = screen(one, name).click("roll-back", revision=0, evaluation=1)
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert weights(one) == [0, 0]
    assert one.run.state == State.ROLLED_BACK


def test_the_room_shows_requested_applied_and_confirmed() -> None:
    one = moved()
    ana = screen(one, "ana")
    ana.click("roll-back", reason="p95 looks wrong")
    page = ana.look()
    assert page.count("confirmed <span") == 2
    assert page.count("applied <span") == 2
    assert "Roll back called by ana" in page
    assert "every route is confirmed at its baseline" in page


def test_a_plane_that_does_not_answer_is_named() -> None:
    one = moved()
    one.plane("flag").inject(Faults(refuse=True))
    answer = screen(one, "ana").click("roll-back", htmx=True)
    assert answer.status_code == HTTPStatus.OK
    assert "not confirmed yet: flag" in answer.content.decode()
    assert one.plane("web").state().weight == 0
    assert one.run.state == State.ROLLING_BACK


def test_twice_is_once() -> None:
    one = moved()
    ana = screen(one, "ana")
    for _ in range(2):
        assert ana.click("roll-back").status_code == HTTPStatus.SEE_OTHER
    assert Latch.objects.count() == 1


def test_past_the_point_of_no_return_it_freezes_explains_and_takes_a_typed_name() -> None:
    one = moved(phases=_PAST)
    ana = screen(one, "ana")
    answer = ana.click("roll-back")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'type "all"' in answer.content.decode().replace("&quot;", '"')
    assert one.run.state == State.FROZEN
    assert weights(one) == [100, 100]
    assert ana.click("roll-back", typed="all").status_code == HTTPStatus.SEE_OTHER
    assert weights(one) == [0, 0]


@pytest.mark.parametrize("name", ["kim", "otto"])
def test_it_needs_the_role(name: str) -> None:
    one = moved()
    assert screen(one, name).click("roll-back").status_code == HTTPStatus.FORBIDDEN
    assert not Latch.objects.exists()


@pytest.mark.parametrize("state", [s for s in State if s not in {State.PLANNED, State.CALLED_OFF}])
def test_the_button_is_always_there_and_never_disabled(state: State) -> None:
    one = build.at_gate()
    run = one.run
    run.state = state.value
    run.save()
    page = screen(one, "lena").look()
    button = page[page.index('class="danger"') :].split(">")[0]
    assert "disabled" not in button
    assert "data-forward" not in button


def test_after_a_rollback_the_run_goes_on_at_a_chosen_phase() -> None:
    one = moved()
    ana = screen(one, "ana")
    ana.click("roll-back")
    assert '<option value="canary" selected>' in ana.look()
    assert ana.click("resume").status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert ana.click("resume", phase="canary").status_code == HTTPStatus.SEE_OTHER
    assert (one.run.state, one.run.leg) == (State.SHIFTING, 2)
