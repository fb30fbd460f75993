"""What the public may read, by its address: only what was published, and nothing else of a run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from migrations_app.live.mirror import Found
from migrations_app.models import StatusLink, StatusPage, Subscriber
from migrations_app.models.clock import ClockTimestamp

if TYPE_CHECKING:
    from datetime import datetime

LINK = "~"
"""A key of a link begins with it; no slug does."""


def link_key(token: str) -> str:
    """The key of the page behind a link: its token's digest, never the token."""
    return LINK + digest_of(token)


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def found(key: str) -> Found | None:
    """The page at `key`, if it is open. One query."""
    if key.startswith(LINK):
        return _by_link(key.removeprefix(LINK))
    row = StatusPage.objects.filter(slug=key, open_to="everybody").exclude(slug="").first()
    return None if row is None else Found(row.said, row.etag, listed=True)


def _by_link(digest: str) -> Found | None:
    links = StatusLink.objects.filter(
        digest=digest, revoked_at__isnull=True, expires_at__gt=ClockTimestamp()
    ).exclude(page__open_to="nobody")
    row = links.select_related("page").first()
    if row is None:
        return None
    return Found(row.page.said, row.page.etag, listed=False, until=row.expires_at)


def page_at(key: str) -> StatusPage | None:
    """The row behind an open page's key, to subscribe to it."""
    if key.startswith(LINK):
        link = StatusLink.objects.filter(
            digest=key.removeprefix(LINK), revoked_at__isnull=True, expires_at__gt=ClockTimestamp()
        ).exclude(page__open_to="nobody").select_related("page").first()  # fmt: skip
        return link.page if link else None
    return StatusPage.objects.filter(slug=key, open_to="everybody").exclude(slug="").first()


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link as its owner sees it. The address itself was shown once."""

    id: int
    label: str
    by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    over: bool


@dataclass(frozen=True, slots=True)
class Sharing:
    """Who may see a migration's page, and who is told."""

    open_to: str
    slug: str
    intro: str
    links: tuple[LinkView, ...]
    readers: int


def sharing(migration_id: int, now: datetime) -> Sharing:
    """In three queries."""
    page = StatusPage.objects.filter(migration=migration_id).first()
    if page is None:
        return Sharing("nobody", "", "", (), 0)
    links = StatusLink.objects.filter(page=page).select_related("by").order_by("-id")
    confirmed = Q(confirmed_at__isnull=False, left_at__isnull=True)
    return Sharing(
        page.open_to, page.slug, page.intro,
        tuple(
            LinkView(
                link.pk, link.label, link.by.get_username(), link.created_at, link.expires_at,
                link.revoked_at, link.revoked_at is not None or link.expires_at <= now,
            )
            for link in links
        ),
        Subscriber.objects.filter(confirmed, page=page).count(),
    )  # fmt: skip
