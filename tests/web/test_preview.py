"""What will happen: a page and a fragment for everybody in the room, and nothing of it is kept."""

from __future__ import annotations

import re
from decimal import Decimal
from html import escape
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.domain.states import State
from migrations_app.drivers.fake.faults import Faults
from migrations_app.models import Run
from tests.web import build
from tests.web.conftest import HTMX, screen

if TYPE_CHECKING:
    from tests.web.conftest import Screen

pytestmark = pytest.mark.django_db

EVIL = "<script>alert(1)</script>'\"{{7*7}}<img src=x onerror=alert(1)>"


def at_five(one: build.World) -> build.World:
    """The planes stand where the run believes they do."""
    for route in ("web", "flag"):
        one.plane(route).drift(one.run.routes.get(name=route).desired)
    return one


def fragment(who: Screen, phase: str = "half") -> str:
    return who.client.get(who.url(f"preview/{phase}"), headers=HTMX).content.decode()


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_it_shows_the_exact_change_of_every_route_in_order() -> None:
    told = words(fragment(screen(at_five(build.ready()), "otto")))
    assert told.index("Web traffic") < told.index("Read path")
    for part in (
        "green 5 % → to 50 %", "GREEN from 5 % to 50 %",
        "2 m hold once every weight is confirmed", "Failed requests fails &gt; 0.3 %",
        "rolls back", "from here on", "Planned to take 40 s, never measured, 2 m allowed",
        "Web traffic green 50 % → to 0 %, then Read path green 50 % → to 0 %",
    ):  # fmt: skip
        assert part in told, part


def test_a_fragment_is_a_part_of_the_page_and_the_page_is_whole() -> None:
    who = screen(at_five(build.ready()), "ana")
    part, whole = fragment(who), who.look("preview/half")
    assert "<html" not in part
    assert "<html" in whole
    assert 'class="preview"' in part
    assert 'class="preview"' in whole


def test_it_has_nothing_to_press() -> None:
    part = fragment(screen(at_five(build.ready()), "ana"))
    for forbidden in ("<form", "<button", "<input", " style=", "<script", "hx-post"):
        assert forbidden not in part


def test_drift_and_silence_are_said_in_words() -> None:
    one = build.ready()
    one.plane("web").drift(Decimal(7))
    one.plane("flag").inject(Faults(unreachable=True))
    told = words(fragment(screen(one, "ana")))
    assert "What stands against it now" in told
    assert "⇄ DRIFT" in told
    assert "Web traffic is at 7 % GREEN, ought to be at 5 %" in told
    assert "? UNREAD" in told
    assert "can&#x27;t be reached" in told


def test_past_the_point_of_no_return_it_says_so() -> None:
    told = words(fragment(screen(at_five(build.ready()), "ana"), "all"))
    assert "it takes the phase's name, typed" in told
    assert "freezes" in told


@pytest.mark.parametrize("state", list(State))
def test_it_is_drawn_in_every_state(state: State) -> None:
    one = at_five(build.ready())
    Run.objects.filter(pk=one.run_id).update(state=state.value)
    assert 'class="preview"' in fragment(screen(one, "ana"))


def test_a_planned_run_shows_how_it_would_start() -> None:
    told = words(fragment(screen(build.world(), "ana"), "canary"))
    assert "GREEN from 0 % to 5 %" in told


@pytest.mark.parametrize("phase", ["nowhere", "9"])
def test_a_phase_that_is_not_there_is_not_found(phase: str) -> None:
    who = screen(build.ready(), "ana")
    response: Any = who.client.get(who.url(f"preview/{phase}"))
    assert response.status_code == HTTPStatus.NOT_FOUND


def test_nobody_without_a_role_learns_of_any_plane() -> None:
    one = build.ready()
    who = screen(one, "stranger")
    for phase in ("half", "nowhere"):
        assert who.client.get(who.url(f"preview/{phase}")).status_code == HTTPStatus.NOT_FOUND
    assert len(one.plane("web").writes()) == 0


def test_no_cache_keeps_it() -> None:
    who = screen(at_five(build.ready()), "ana")
    response: Any = who.client.get(who.url("preview/half"))
    assert "no-store" in response["Cache-Control"]


def test_text_from_outside_stays_text() -> None:
    one = build.ready(routes=[{"name": "web", "title": EVIL}, {"name": "flag"}])
    part = fragment(screen(at_five(one), "ana"))
    assert EVIL not in part
    assert escape(EVIL) in part


def test_the_room_offers_it_for_the_next_phase_and_only_there() -> None:
    one = build.ready()
    url = screen(one, "ana").url("preview/half")
    assert f'hx-get="{url}"' in screen(one, "ana").look()
    assert f'hx-get="{url}"' not in screen(one, "otto").look()


def test_before_the_start_and_before_resuming_it_is_offered_too() -> None:
    one = build.world()
    who = screen(one, "ana")
    assert f'hx-get="{who.url("preview/canary")}"' in who.look()
    held = screen(build.ready(), "ana")
    held.click("no-go", reason="wait")
    assert f'hx-get="{held.url("preview/canary")}"' in held.look()


def test_a_plan_without_phases_has_no_preview_and_still_a_room() -> None:
    page = screen(build.world(phases=[]), "ana").look()
    assert "preview/" not in page
    assert "can't be drawn" not in page
