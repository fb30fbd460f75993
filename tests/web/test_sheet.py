"""The break-glass sheet: printed at the start, readable by the team, complete without Warroom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from migrations_app.conductor.sheet import print_sheet
from migrations_app.conductor.start import start
from migrations_app.domain.actor import Click
from migrations_app.domain.errors import ConfigError
from migrations_app.drivers.fake.driver import FakeDriver
from migrations_app.models import Delivery, Event
from tests.web import build
from tests.web.conftest import screen

if TYPE_CHECKING:
    from decimal import Decimal

pytestmark = pytest.mark.django_db


def printed(one: build.World) -> list[Event]:
    return list(Event.objects.filter(run=one.run_id, kind="sheet"))


def test_starting_prints_it_on_the_timeline() -> None:
    one = build.world()
    key = Click(key="once-and-only-once")
    for _ in range(2):
        start(one.run_id, one.actor("ana"), key)
    (event,) = printed(one)
    body = str(event.payload["body"])
    for needed in ("Web traffic (fake) to 0 % GREEN", "Read path (fake)", "STEP 1", "STEP 2",
                   f"manage.py rollback {one.run.migration.slug}", "database: ravi"):  # fmt: skip
        assert needed in body
    assert body.index("Web traffic") < body.index("Read path"), "lowest rank first"


def test_it_goes_below_the_live_message_with_its_commands() -> None:
    channels = {"team": {"kind": "fake", "config": {"name": "sheet"}}}
    number = build.plan_data(1)["environments"]["rehearsal"]
    one = build.world(environments={"rehearsal": number | {"channels": channels}})
    start(one.run_id, one.actor("ana"), Click())
    told = Delivery.objects.get(run=one.run_id, seq=printed(one)[0].seq)
    assert told.style == "sample"


def test_what_is_planned_already_has_a_sheet_to_print() -> None:
    one = build.world()
    page = screen(one, "otto").look("sheet.html")
    assert "Break-glass sheet" in page
    assert "Web traffic" in page
    assert "<script" not in page
    answer = screen(one, "otto").client.get(f"/runs/{one.run_id}/sheet.html")
    policy = answer["Content-Security-Policy"]
    assert "style-src 'sha256-" in policy
    assert "unsafe" not in policy
    assert "href=" not in page, "it needs nothing beside itself"


def test_the_text_names_its_file() -> None:
    one = build.at_gate()
    answer = screen(one, "otto").client.get(f"/runs/{one.run_id}/sheet.txt")
    name = f"break-glass-{one.run.migration.slug}-run-{one.run_id}.txt"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert "FIRST TRY" in answer.content.decode()


def test_the_room_leads_to_it() -> None:
    one = build.at_gate()
    assert f'href="/runs/{one.run_id}/sheet.html"' in screen(one, "otto").look()


def test_a_route_without_commands_says_why_and_stops_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unset(self: FakeDriver, weight: Decimal) -> list[str]:
        raise ConfigError("LB_ADDRESS is not set.", "routes.web")

    monkeypatch.setattr(FakeDriver, "manual_commands", unset)
    one = build.world()
    start(one.run_id, one.actor("ana"), Click())
    assert one.run.state == "shifting"
    assert "0 of 2 routes" in printed(one)[0].sentence
    assert "LB_ADDRESS is not set." in screen(one, "otto").look("sheet.html")


def test_a_start_never_fails_for_want_of_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    one = build.started(build.world())
    monkeypatch.setattr("migrations_app.conductor.sheet.keep", lambda *_: 1 / 0)
    print_sheet(one.run_id)
    assert printed(one) == []


def test_markup_stays_text() -> None:
    one = build.world(title="<script>alert(1)</script>")
    assert "<script" not in screen(one, "otto").look("sheet.html")


def test_strangers_find_none() -> None:
    one = build.world()
    client = Client()
    client.force_login(one.users["stranger"])
    for path in ("sheet.html", "sheet.txt"):
        assert client.get(f"/runs/{one.run_id}/{path}").status_code == 404
