"""Canaries in everything that is for the house alone: none may sing in anything that is public.

The same canaries are looked for where they belong, so that a crawl that reads nothing can't pass.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pytest
from django.test import Client

from migrations_app.actions import handover, share, subscribe, updates
from migrations_app.actions.publish import Publishing, publish
from migrations_app.actions.steps import note
from migrations_app.actions.updates import Words
from migrations_app.conductor.letters import send_letters
from migrations_app.domain.actor import Click
from migrations_app.domain.comms.words import Audience
from migrations_app.domain.errors import Refused
from migrations_app.domain.plan.people import Role
from migrations_app.models import Letter, StatusPage, Subscriber
from migrations_app.models.clock import db_now
from tests.smtp_server import SmtpServer
from tests.web import build, doors
from tests.web.conftest import screen
from warroom.mail import mail

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django import Settings

    from tests.web.build import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shelf")]

CANARY: Final = re.compile(r"canary[-_ ]?\w*", re.IGNORECASE)
PUBLIC: Final = "Half of it runs on the new system"
OUTSIDE: Final = {
    "title": "Orders", "component": "Checkout", "intro": "We move house", "headline": PUBLIC,
}  # fmt: skip


@pytest.fixture
def post(settings: Settings) -> Iterator[SmtpServer]:
    server = SmtpServer()
    for name, value in mail(f"smtp://127.0.0.1:{server.port}").items():
        setattr(settings, name, value)
    settings.WARROOM_MAILS = True
    yield server
    server.close()


def plan() -> dict[str, Any]:
    """Every word of the plan that is not called public is a canary."""
    checks: list[dict[str, Any]] = [
        {**check, "source": "metrics", "title": "canary-check",
         "query": f"{check['name']}{{instance='canary-host.internal:9100'}}"}
        for check in build.CHECKS
    ]  # fmt: skip
    phases: list[dict[str, Any]] = [
        {**phase, "title": f"canary phase {at}"} for at, phase in enumerate(build.PHASES)
    ]
    phases[0]["steps"] = [
        {"name": "look", "title": "canary step", "owner": "database",
         "instructions": "psql -h canary-db.internal"},
    ]  # fmt: skip
    return {
        "title": "canary title",
        "checks": checks,
        "phases": phases,
        "comms": {
            "public_title": OUTSIDE["title"],
            "cadence": "20m",
            "components": [{"name": "checkout", "title": OUTSIDE["component"]}],
            "internal_names": ["canary-customer"],
        },
    }


@pytest.fixture
def nest() -> tuple[World, str]:
    """A night in which everything internal was said, and one thing was published."""
    one = build.at_gate(**plan())
    for name, user in one.users.items():
        user.email = f"canary-{name}@example.com"
        user.first_name, user.last_name = "canary-first", "canary-last"
        user.save()
    kim, ana = one.actor("kim"), one.actor("ana")
    for check in build.CHECKS:
        build.judged(one, check["name"], "FAIL", "canary sentence from canary-host.internal")
        build.readings(one, check["name"], [0.1])
    note(one.run_id, ana, Click(reason="canary note"))
    for audience in Audience:
        updates.begin(one.run_id, kim, Click(), Words(audience, "canary draft", "canary body"))
    told(one, Words(Audience.INTERNAL, "canary internal", "canary internal body"))
    handover.offer(one.run_id, kim, Click(), Role.COMMS_LEAD, "lena")
    share.open_to(one.run_id, kim, "everybody", slug="orders", intro=OUTSIDE["intro"])
    token = share.make_link(one.run_id, kim, "canary label", 7)
    page = StatusPage.objects.get()
    for address in ("canary-reader@example.com", "reader@example.com"):
        subscribe.ask(page, address)
    Subscriber.objects.update(confirmed_at=db_now())
    told(one, Words(Audience.PUBLIC, PUBLIC, "All is well.", stage="in_progress",
                    components={"checkout": "maintenance"}))  # fmt: skip
    return one, token


def told(one: World, words: Words) -> None:
    kim = one.actor("kim")
    saved = updates.begin(one.run_id, kim, Click(), words)
    publish(one.run_id, kim, Click(), Publishing(saved.number, saved.version))


def open_paths(token: str) -> list[str]:
    """Everything anybody may ask for without a login."""
    things = {"slug": "orders", "token": token, "form": "", "proof": "x"}
    paths = [one.path(things) for one in doors.addresses() if one.name in doors.PUBLIC]
    forms = ("status.json", "feed.atom", "feed.rss", "calendar.ics")
    pages = [f"{page}{form}" for page in ("/status/orders/", f"/s/{token}/") for form in forms]
    return [*paths, *pages, "/nowhere/", "/runs/1/", "/runs/1/metrics/", "/api/v1/runs"]


def test_nothing_public_knows_what_is_internal(nest: tuple[World, str]) -> None:
    one, token = nest
    for path in open_paths(token):
        answer = Client().get(path)
        said = f"{path} {dict(answer.headers)} {answer.content.decode()}"
        assert CANARY.findall(said) == [], path
    page = Client().get("/status/orders/").content.decode()
    assert all(word in page for word in OUTSIDE.values() if word != OUTSIDE["intro"])
    ours = screen(one, "otto")
    for name in ("", "timeline/", "metrics/"):
        assert CANARY.findall(ours.look(name)), f"the canaries are where they belong: {name}"


def test_no_letter_knows_it_and_no_reader_of_another(
    nest: tuple[World, str], post: SmtpServer
) -> None:
    letters = Letter.objects.count()
    while send_letters():
        pass
    assert len(post.letters) == letters == 4
    for letter in post.letters:
        own = str(letter["To"])
        said = f"{letter}".replace(own, "")
        assert CANARY.findall(said) == []
    assert sum(PUBLIC in letter.get_content() for letter in post.letters) == 2


def test_the_copy_on_disk_knows_no_more_than_the_page(
    nest: tuple[World, str], tmp_path: Path
) -> None:
    for path in ("/status/orders/", f"/s/{nest[1]}/"):
        assert Client().get(path).status_code == 200
    kept = [file for file in (tmp_path / "mirror").rglob("*") if file.is_file()]
    assert len(kept) == 2
    for file in kept:
        said = f"{file.name} {file.read_text()}"
        assert CANARY.findall(said) == []
        assert nest[1] not in said


def test_a_plan_without_a_public_name_tells_none() -> None:
    comms = {key: value for key, value in plan()["comms"].items() if key != "public_title"}
    one = build.at_gate(**plan() | {"comms": comms})
    share.open_to(one.run_id, one.actor("kim"), "everybody", slug="orders")
    told(one, Words(Audience.PUBLIC, "{title} moves house"))
    page = Client().get("/status/orders/").content.decode()
    assert CANARY.findall(page) == []
    assert "our service moves house" in page


@pytest.mark.parametrize("words", [
    "ask canary-customer", "mail canary@example.com", "see canary-host.internal", "ask kim",
])  # fmt: skip
def test_an_introduction_is_checked_like_an_update(words: str) -> None:
    one = build.at_gate(**plan())
    with pytest.raises(Refused, match="introduction"):
        share.open_to(one.run_id, one.actor("kim"), "everybody", slug="orders", intro=words)
    assert StatusPage.objects.filter(open_to="everybody").count() == 0
