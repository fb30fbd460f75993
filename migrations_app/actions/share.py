"""Who may see a migration's public page: nobody, who holds a link, or everybody."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.utils.text import slugify

from migrations_app.actions.lock import Locked, locked
from migrations_app.actions.public import project
from migrations_app.actions.publish import findings_in
from migrations_app.actions.record import record
from migrations_app.domain.errors import Refused
from migrations_app.domain.states import Verb
from migrations_app.domain.timeline import Kind
from migrations_app.models import StatusLink, StatusPage
from migrations_app.reads.access import require
from migrations_app.reads.comms import inside
from migrations_app.reads.status import digest_of

if TYPE_CHECKING:
    from migrations_app.domain.actor import Actor

LONGEST_DAYS: Final = 365
_WORDS: Final = {
    "nobody": "closed the public page",
    "link": "opened the public page to whoever holds a link",
    "everybody": "opened the public page to everybody",
}


def open_to(run_id: int, actor: Actor, whom: str, slug: str = "", intro: str = "") -> StatusPage:
    """Open or close the page of the run's migration. `whom`: nobody, link or everybody."""
    if whom not in _WORDS:
        raise Refused("form", "The page is open to nobody, to who holds a link, or to everybody.")
    with locked(run_id) as held:
        require(actor, held.run.migration_id, Verb.PUBLISH)
        _require_tight(held, intro)
        page = page_of(held)
        page.open_to, page.intro = whom, intro[:500]
        page.slug = _slug(held, page, slug) if whom == "everybody" else ""
        page.save()
        project(page, held.plan)
        sentence = f"{actor.name} {_WORDS[whom]}"
        record(held, Kind.NOTE, sentence, actor, Verb.NOTE, {"open_to": whom, "slug": page.slug})
    return page


def _require_tight(held: Locked, intro: str) -> None:
    """What stands above all updates is as public as they are."""
    if found := findings_in("", intro, inside(held.run, held.bound)):
        told = " ".join(one.sentence for one in found[:5])
        raise Refused("leaks", f"{told} Take it out of the introduction.")


def page_of(held: Locked) -> StatusPage:
    """The page of the run's migration, closed if it was just made."""
    page, _ = StatusPage.objects.get_or_create(
        migration_id=held.run.migration_id, defaults={"title": held.plan.comms.outside}
    )
    return page


def _slug(held: Locked, page: StatusPage, wanted: str) -> str:
    slug = slugify(wanted or held.plan.comms.public_title or "")[:80]
    if not slug:
        raise Refused("slug", "The page's address takes letters, digits and dashes.")
    if StatusPage.objects.filter(slug=slug).exclude(pk=page.pk).exists():
        raise Refused("slug", f'Another page is at "{slug}" already: choose another address.')
    return slug


def make_link(run_id: int, actor: Actor, label: str, days: int) -> str:
    """A new link. Its token is given back this once; only its digest is kept."""
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused("form", f"A link is good for 1 to {LONGEST_DAYS} days.")
    token = secrets.token_urlsafe(32)
    with locked(run_id) as held:
        require(actor, held.run.migration_id, Verb.PUBLISH)
        page = page_of(held)
        if page.open_to == "nobody":
            raise Refused("closed", "The page is closed: open it to who holds a link first.")
        link = StatusLink.objects.create(
            page=page, label=(label or "link")[:80], digest=digest_of(token),
            by_id=actor.user_id or 0, expires_at=held.now + timedelta(days=days),
        )  # fmt: skip
        _note(held, actor, f'{actor.name} made the link "{link.label}" to the public page', link)
    return token


def revoke_link(run_id: int, actor: Actor, link_id: int) -> None:
    """From now on it leads nowhere."""
    with locked(run_id) as held:
        require(actor, held.run.migration_id, Verb.PUBLISH)
        link = StatusLink.objects.filter(
            pk=link_id, page__migration=held.run.migration_id, revoked_at=None
        ).first()
        if link is None:
            raise Refused("unknown_link", "There is no such link, or it is revoked already.")
        link.revoked_at = held.now
        link.save(update_fields=["revoked_at"])
        _note(held, actor, f'{actor.name} revoked the link "{link.label}"', link)


def _note(held: Locked, actor: Actor, sentence: str, link: StatusLink) -> None:
    record(held, Kind.NOTE, sentence, actor, Verb.NOTE, {"link": link.pk})
