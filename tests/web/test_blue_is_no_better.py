"""Going back to a BLUE that fails too: the engine never does, a person is asked once and goes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from migrations_app.actions.rollback import Back
from migrations_app.conductor.rollback import roll_back
from migrations_app.domain.actor import ENGINE
from migrations_app.domain.states import State
from migrations_app.models import Check, Latch
from migrations_app.models.clock import db_now
from tests.commands.run import manage
from tests.web import build
from tests.web.conftest import screen

if TYPE_CHECKING:
    from tests.web.build import World

pytestmark = pytest.mark.django_db


def part(name: str, value: float) -> dict[str, object]:
    """A reading as evidence has it."""
    return {"key": f"errors:{name}", "query": name, "outcome": "ok", "value": value,
            "sampled_at": db_now().isoformat(), "detail": ""}  # fmt: skip


def sick(green: float = 4.0, blue: float = 5.0) -> World:
    """At its gate, errors above 0.3 % on both sides."""
    one = build.ready()
    Check.objects.filter(run=one.run_id, name="errors").update(
        status="FAIL", evidence={"value": part("value", green), "blue": part("blue", blue)},
        evaluated_at=db_now(),
    )  # fmt: skip
    return one


def test_the_first_click_asks_and_moves_nothing_the_second_goes() -> None:
    one = sick()
    ana = screen(one, "ana")
    asked = ana.click("roll-back", htmx=True)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "BLUE is no better (Failed requests: 5 % on BLUE)" in page
    assert 'name="sure" value="1"' in page
    assert "ROLL BACK ANYWAY" in page
    assert not Latch.objects.exists()
    assert ana.click("roll-back", htmx=True, sure="1").status_code == 200
    assert one.run.state in {State.ROLLING_BACK, State.ROLLED_BACK}


def test_without_scripts_it_is_the_same_form() -> None:
    one = sick()
    page = screen(one, "ana").click("roll-back").content.decode()
    assert 'name="sure" value="1"' in page
    assert not Latch.objects.exists()


@pytest.mark.parametrize(("green", "blue"), [(4.0, 0.1), (4.0, 3.0)])
def test_a_blue_that_is_better_is_gone_back_to_at_once(green: float, blue: float) -> None:
    one = sick(green, blue)
    assert screen(one, "ana").click("roll-back", htmx=True).status_code == 200
    assert Latch.objects.exists()


def test_old_evidence_asks_nobody() -> None:
    one = sick()
    Check.objects.update(evaluated_at=db_now() - timedelta(minutes=10))
    assert screen(one, "ana").click("roll-back", htmx=True).status_code == 200


def test_the_engine_is_not_asked_here() -> None:
    one = sick()
    roll_back(one.run_id, ENGINE, Back(trigger="criterion"))
    assert Latch.objects.exists()


def test_what_goes_wrong_while_asking_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migrations_app.actions.rollback.no_better", lambda _: 1 / 0)
    one = sick()
    assert screen(one, "ana").click("roll-back", htmx=True).status_code == 200


def test_who_may_not_is_told_that_and_nothing_of_blue() -> None:
    one = sick()
    answer = screen(one, "otto").click("roll-back", htmx=True)
    assert answer.status_code == 403
    assert "on BLUE" not in answer.content.decode().split('id="refusal"')[1][:300]


def test_the_command_asks_for_sure() -> None:
    one = sick()
    told = ("rollback", one.run_id, "--reason", "fire", "--by", "ana")
    assert "BLUE is no better" in manage(*told).failed
    assert not Latch.objects.exists()
    manage(*told, "--sure")
    assert Latch.objects.exists()
