"""Go: what it waits for, what it may go over, and what has to be typed."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from migrations_app.domain.states import State
from migrations_app.models import Event
from tests.web import build
from tests.web.conftest import screen

pytestmark = pytest.mark.django_db

_ALONE = {"checks": ["errors"]}


def alone(**more: object) -> build.World:
    """A first gate that asks nobody but the DRI, and whose check passes."""
    first = {"name": "canary", "weights": {"web": 5}, "gate": _ALONE}
    following = {"name": "rest", "title": "The rest", "weights": {"web": 100}, "gate": _ALONE}
    return build.all_pass(build.at_gate(phases=[first, following | more]))


def test_go_enters_the_next_phase() -> None:
    one = alone()
    page = screen(one, "ana").look()
    assert "GO: The rest" in page
    assert "web → green 100 %" in page
    assert screen(one, "ana").click("go").status_code == HTTPStatus.SEE_OTHER
    assert (one.run.state, one.run.phase) == (State.SHIFTING, 1)


def test_go_says_what_it_waits_for_and_cannot_be_pressed() -> None:
    page = screen(build.at_gate(), "ana").look()
    assert 'id="do-go" data-forward disabled' in page
    assert "GO waits for errors, p95, lag, look, database" in " ".join(page.split())


def test_the_last_gate_completes() -> None:
    one = build.all_pass(build.at_gate(phases=[{"name": "all", "gate": _ALONE}]))
    ana = screen(one, "ana")
    assert "GO: complete the run" in ana.look()
    assert ana.click("complete").status_code == HTTPStatus.SEE_OTHER
    assert one.run.state == State.COMPLETED


def test_a_failed_check_is_gone_over_by_name_and_with_a_reason() -> None:
    one = alone()
    build.judged(one, "errors", "FAIL", "errors 0.41 %, above 0.3 %")
    ana = screen(one, "ana")
    assert "go over errors: errors 0.41 %, above 0.3 %" in ana.look()
    assert ana.click("go").status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert ana.click("go", override="errors").status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    answer = ana.click("go", override="errors", reason="a known test client")
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert Event.objects.get(run=one.run_id, kind="go").payload["overrides"] == ["errors"]


def test_no_data_cannot_be_gone_over() -> None:
    one = alone()
    build.judged(one, "errors", "NO_DATA", "no series matches")
    ana = screen(one, "ana")
    assert "go over errors" not in ana.look()
    answer = ana.click("go", override="errors", reason="trust me")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_past_the_point_of_no_return_the_name_is_typed() -> None:
    one = alone(point_of_no_return=True, abort_policy="freeze")
    ana = screen(one, "ana")
    assert "Type <code>rest</code>" in ana.look()
    assert ana.click("go").status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert ana.click("go", typed="rest").status_code == HTTPStatus.SEE_OTHER


def test_go_and_no_go_are_no_neighbours() -> None:
    page = screen(alone(), "ana").look()
    between = page[page.index('id="do-go"') : page.index('id="do-no-go"')]
    assert "<section" in between
