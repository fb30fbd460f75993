"""The public page: what it says, to whom, and what it costs."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from django.db import OperationalError
from django.test import Client
from icalendar import Calendar

from migrations_app.actions import share, updates
from migrations_app.actions.publish import Publishing, publish
from migrations_app.actions.updates import Words
from migrations_app.domain.actor import Click
from migrations_app.domain.comms.words import Audience
from migrations_app.models import StatusLink, StatusPage, Subscriber
from migrations_app.web import status
from tests.web import build
from tests.web.conftest import screen

if TYPE_CHECKING:
    from django.http import HttpResponse
    from pytest_django import Settings

    from tests.web.build import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shelf")]

FORMS = ("", "status.json", "feed.atom", "feed.rss", "calendar.ics")
COMMS: dict[str, Any] = {
    "public_title": "Orders",
    "cadence": "20m",
    "components": [{"name": "checkout", "title": "Checkout"}, {"name": "api", "title": "API"}],
    "window": {"starts": "2026-11-21T02:00:00+01:00", "lasts": "4h"},
}


def told(one: World, headline: str, **words: Any) -> None:
    said = Words(Audience.PUBLIC, headline, **words)
    saved = updates.begin(one.run_id, one.actor("kim"), Click(), said)
    publish(one.run_id, one.actor("kim"), Click(), Publishing(saved.number, saved.version))


def opened(whom: str = "everybody", **comms: Any) -> World:
    one = build.ready(comms=COMMS | comms)
    share.open_to(one.run_id, one.actor("kim"), whom, slug="orders" if whom == "everybody" else "")
    return one


def get(path: str, **headers: str) -> HttpResponse:
    answer: Any = Client().get(path, headers=headers)
    return answer  # type: ignore[no-any-return]  # the client's own subclass of it


def test_it_says_first_what_matters() -> None:
    one = opened()
    told(one, "Half of {title} moved", body="All is well.\n\nReally.", stage="in_progress",
         impact="maintenance", components={"checkout": "degraded"})  # fmt: skip
    page = get("/status/orders/").content.decode()
    for words in ("Half of Orders moved", "All is well.", "Really.", "In progress", "Checkout",
                  "Degraded", "API", "Operational", "Next update by"):  # fmt: skip
        assert words in page, words
    assert page.index("Half of Orders moved</h1>") < page.index("Checkout")


def test_every_form_tells_the_same() -> None:
    one = opened()
    told(one, "We began", stage="in_progress")
    told(one, "Half of it moved", body="Fine.")
    for form in FORMS:
        answer = get(f"/status/orders/{form}")
        assert answer.status_code == HTTPStatus.OK
        assert "Half of it moved" in answer.content.decode()
    said = json.loads(get("/status/orders/status.json").content)
    assert [entry["headline"] for entry in said["page"]["entries"]] == [
        "Half of it moved", "We began",
    ]  # fmt: skip
    feed = ET.fromstring(get("/status/orders/feed.atom").content)  # noqa: S314 (our own)
    assert len(feed.findall("{http://www.w3.org/2005/Atom}entry")) == 2
    event = Calendar.from_ical(get("/status/orders/calendar.ics").content).walk("VEVENT")[0]
    assert event["SEQUENCE"] == 2
    assert str(event["SUMMARY"]) == "Orders: maintenance"


def test_a_calendar_knows_the_window_before_anything_happened() -> None:
    opened()
    event = Calendar.from_ical(get("/status/orders/calendar.ics").content).walk("VEVENT")[0]
    assert event.decoded("DTSTART").isoformat() == "2026-11-21T01:00:00+00:00"
    assert event.decoded("DTEND").isoformat() == "2026-11-21T05:00:00+00:00"
    assert event["STATUS"] == "TENTATIVE"


def test_nothing_is_open_before_somebody_opens_it() -> None:
    one = build.ready(comms=COMMS)
    told(one, "Half of it moved")
    assert get("/status/orders/").status_code == HTTPStatus.NOT_FOUND
    share.open_to(one.run_id, one.actor("kim"), "everybody", slug="orders")
    assert "Half of it moved" in get("/status/orders/").content.decode()
    share.open_to(one.run_id, one.actor("kim"), "nobody")
    assert get("/status/orders/").status_code == HTTPStatus.NOT_FOUND


def test_a_link_opens_the_page_until_it_is_revoked() -> None:
    one = opened("link")
    token = share.make_link(one.run_id, one.actor("kim"), "board", 7)
    assert get("/status/orders/").status_code == HTTPStatus.NOT_FOUND
    answer = get(f"/s/{token}/")
    assert answer.status_code == HTTPStatus.OK
    assert answer["cache-control"] == "private, no-cache"
    assert "noindex" in answer["x-robots-tag"]
    assert token not in answer.content.decode()
    assert get(f"/s/{token[:-1]}x/").status_code == HTTPStatus.NOT_FOUND
    link = StatusLink.objects.get()
    assert token not in (link.digest, link.label)
    share.revoke_link(one.run_id, one.actor("kim"), link.pk)
    assert get(f"/s/{token}/").status_code == HTTPStatus.NOT_FOUND


def test_a_link_expires() -> None:
    one = opened("link")
    token = share.make_link(one.run_id, one.actor("kim"), "board", 7)
    StatusLink.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert get(f"/s/{token}/").status_code == HTTPStatus.NOT_FOUND


def test_who_has_it_already_is_told_so() -> None:
    one = opened()
    told(one, "Half of it moved")
    tag = get("/status/orders/")["etag"]
    assert get("/status/orders/", **{"If-None-Match": tag}).status_code == HTTPStatus.NOT_MODIFIED
    told(one, "All of it moved")
    assert get("/status/orders/", **{"If-None-Match": tag}).status_code == HTTPStatus.OK


def test_a_reader_leaves_no_trace_and_gets_no_cookie() -> None:
    opened()
    answer = get("/status/orders/")
    assert not answer.cookies
    assert answer["referrer-policy"] == "no-referrer"
    assert "unsafe" not in answer["content-security-policy"]


def test_the_last_truth_is_served_while_the_database_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = opened()
    told(one, "Half of it moved")
    before = get("/status/orders/")
    monkeypatch.setattr("migrations_app.reads.status.found", _gone)
    for after_restart in (False, True):
        if after_restart:
            status.SHELF.forget()
        answer = get("/status/orders/")
        page = answer.content.decode()
        assert "Half of it moved" in page
        assert "Our own systems can't be reached for the moment. This was true at" in page
        assert answer["etag"] != before["etag"]
    assert get("/status/other/").status_code == HTTPStatus.SERVICE_UNAVAILABLE


def _gone(_: str) -> None:
    from django.db import OperationalError

    raise OperationalError("gone")


def test_a_revoked_link_is_not_served_from_the_mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    one = opened("link")
    token = share.make_link(one.run_id, one.actor("kim"), "board", 7)
    get(f"/s/{token}/")
    share.revoke_link(one.run_id, one.actor("kim"), StatusLink.objects.get().pk)
    assert get(f"/s/{token}/").status_code == HTTPStatus.NOT_FOUND
    status.SHELF.forget()
    monkeypatch.setattr("migrations_app.reads.status.found", _gone)
    assert get(f"/s/{token}/").status_code == HTTPStatus.SERVICE_UNAVAILABLE


def test_markup_stays_text_in_every_form() -> None:
    nasty = "<script>alert(1)</script>&\"'>]]>"
    one = opened(public_title=nasty)
    share.open_to(one.run_id, one.actor("kim"), "everybody", slug="orders", intro=nasty)
    told(one, nasty, body=nasty)
    assert "<script>alert" not in get("/status/orders/").content.decode()
    for form in ("feed.atom", "feed.rss"):
        ET.fromstring(get(f"/status/orders/{form}").content)  # noqa: S314 (our own)
    Calendar.from_ical(get("/status/orders/calendar.ics").content)
    json.loads(get("/status/orders/status.json").content)


def test_two_pages_never_share_an_address() -> None:
    opened()
    other = build.ready(comms=COMMS)
    desk = screen(other, "kim")
    answer = desk.client.post(desk.url("share/open"), {"open_to": "everybody", "slug": "orders"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "choose another address" in answer.content.decode()


def test_sharing_is_for_who_writes() -> None:
    one = build.ready(comms=COMMS)
    for who, wanted in (("ravi", HTTPStatus.FORBIDDEN), ("stranger", HTTPStatus.NOT_FOUND)):
        desk = screen(one, who)
        for name in ("open", "link", "1/revoke"):
            fields = {"open_to": "everybody", "label": "x", "days": "7"}
            assert desk.client.post(desk.url(f"share/{name}"), fields).status_code == wanted
    assert not StatusPage.objects.exclude(open_to="nobody").exists()


def test_a_link_is_shown_once() -> None:
    one = opened("link")
    desk = screen(one, "kim")
    fields = {"label": "board", "days": "7"}
    made: Any = desk.client.post(desk.url("share/link"), fields)
    page = made.content.decode()
    token = page.partition('id="new-link">')[2].partition("<")[0].rsplit("/s/")[1].rstrip("/")
    assert get(f"/s/{token}/").status_code == HTTPStatus.OK
    assert token not in desk.look("share/")


def test_where_no_mail_is_sent_none_is_promised(settings: Settings) -> None:
    opened()
    settings.WARROOM_MAILS = True
    status.SHELF.forget()
    assert 'action="subscribe"' in get("/status/orders/").content.decode()
    settings.WARROOM_MAILS = False
    status.SHELF.forget()
    assert 'action="subscribe"' not in get("/status/orders/").content.decode()
    asked = Client().post("/status/orders/subscribe", {"email": "reader@example.com"})
    assert asked.status_code == HTTPStatus.CONFLICT
    assert Subscriber.objects.count() == 0


@pytest.mark.parametrize("path", ["/status/orders/subscribe", "/mail/confirm/x", "/mail/leave/x"])
def test_forms_say_so_while_the_database_is_away(
    path: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("the server closed the connection")

    settings.WARROOM_MAILS = True
    monkeypatch.setattr("migrations_app.reads.status.page_at", away)
    monkeypatch.setattr("migrations_app.actions.subscribe.reader_of", away)
    answer = Client().post(path, {"email": "reader@example.com"})
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "Try again later." in answer.content.decode()
