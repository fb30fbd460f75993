"""The forms of a public page: HTML, JSON, Atom, RSS and a calendar, all drawn from one document."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from icalendar import Calendar, Event

from migrations_app.domain.comms.words import Stage
from migrations_app.domain.status.page import as_json, from_json
from migrations_app.domain.timeline import digest, plain
from migrations_app.live.shelf import Rendered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.feedgenerator import SyndicationFeed

    from migrations_app.domain.status.page import Entry, Page
    from migrations_app.live.mirror import Found

HERE = "./"
"""Feeds and pages are drawn without knowing their address: a link's is nobody's business."""

_UNKNOWN_LENGTH = timedelta(hours=4)


def draw(found: Found, since: datetime | None) -> Mapping[str, Rendered]:
    """Every form of a page. `since`: when it could last be checked, if it can't be now."""
    page = from_json(found.said)
    ident = f"urn:warroom:{digest([page.title, page.begun_at])[:16]}"
    drawn = {
        "": ("text/html; charset=utf-8", _html(page, found, since)),
        "status.json": ("application/json", _json(page, since)),
        "feed.atom": ("application/atom+xml; charset=utf-8", _feed(Atom1Feed, page, ident)),
        "feed.rss": ("application/rss+xml; charset=utf-8", _feed(Rss201rev2Feed, page, ident)),
        "calendar.ics": ("text/calendar; charset=utf-8", _calendar(page, ident)),
    }
    mark = found.etag[:24] + ("" if since is None else f"-{int(since.timestamp())}")
    return {
        form: Rendered(body, kind, f"{mark}-{len(body)}") for form, (kind, body) in drawn.items()
    }


def _html(page: Page, found: Found, since: datetime | None) -> bytes:
    context = {"page": page, "found": found, "since": since, "mails": settings.WARROOM_MAILS}
    return render_to_string("status/page.html", context).encode()


def _json(page: Page, since: datetime | None) -> bytes:
    said = {"page": as_json(page), "next_at": plain(page.next_at), "unchecked_since": plain(since)}
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


def _feed(kind: type[SyndicationFeed], page: Page, ident: str) -> bytes:
    feed = kind(title=page.title, link=HERE, description=page.intro or page.title, language="en",
                feed_guid=ident)  # fmt: skip
    for entry in page.entries:
        feed.add_item(
            title=entry.headline, link=f"{HERE}#update-{entry.number}",
            description=_text(entry), pubdate=entry.at, updateddate=entry.at,
            unique_id=f"{ident}:{entry.number}", unique_id_is_permalink=False,
        )  # fmt: skip
    text: str = feed.writeString("utf-8")
    return text.encode()


def _text(entry: Entry) -> str:
    parts = list(entry.paragraphs) or [entry.headline]
    if entry.next_at is not None:
        parts.append(f"Next update by {entry.next_at.astimezone(UTC):%H:%M} UTC.")
    return "\n\n".join(parts)


_CALENDAR = {Stage.CALLED_OFF: "CANCELLED", Stage.SCHEDULED: "TENTATIVE"}


def _calendar(page: Page, ident: str) -> bytes:
    """One event: the window as it is known. Its sequence grows with every update."""
    calendar = Calendar()
    calendar.add("prodid", "-//Warroom//status page//EN")
    calendar.add("version", "2.0")
    starts = page.begun_at or page.starts
    if starts is not None:
        calendar.add_component(_window(page, ident, starts))
    written: bytes = calendar.to_ical()
    return written


def _window(page: Page, ident: str, starts: datetime) -> Event:
    ends = page.ended_at or page.ends or starts + _UNKNOWN_LENGTH
    newest = page.newest
    event = Event()
    event.add("uid", ident)
    event.add("dtstamp", (newest.at if newest else starts).astimezone(UTC))
    event.add("dtstart", starts.astimezone(UTC))
    event.add("dtend", max(ends, starts + timedelta(minutes=1)).astimezone(UTC))
    event.add("summary", f"{page.title}: maintenance")
    event.add("status", _CALENDAR.get(page.stage, "CONFIRMED"))
    event.add("sequence", len(page.entries))
    event.add("description", newest.headline if newest else page.intro)
    event.add("transp", "TRANSPARENT")
    return event
