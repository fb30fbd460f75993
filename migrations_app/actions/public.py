"""What the world sees changes here, in the transaction of the update that changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.status.page import Frame, Told, as_json, page
from migrations_app.models import Letter, StatusPage, Subscriber, Update
from migrations_app.models.clock import db_now

if TYPE_CHECKING:
    from migrations_app.actions.lock import Locked
    from migrations_app.domain.plan.schema import Plan
    from migrations_app.domain.status.page import Page

SHOWN = 100
"""How many updates a page holds."""


def said(held: Locked, update: Update) -> None:
    """Draw the public page of `update`'s migration anew, and write to everybody who asked."""
    status = StatusPage.objects.filter(migration=held.run.migration_id).first()
    if status is None:
        return
    project(status, held.plan)
    _write(status, update)


def project(status: StatusPage, plan: Plan) -> Page:
    """Draw the page from what was published, and keep it."""
    shown = page(frame_of(plan, status.intro), _told(status.migration_id))
    status.title, status.said, status.etag = shown.title, as_json(shown), shown.etag
    status.said_at = db_now()
    status.save(update_fields=["title", "said", "etag", "said_at"])
    return shown


def frame_of(plan: Plan, intro: str) -> Frame:
    """What the plan says to the public: its public name, its components, its window."""
    comms = plan.comms
    return Frame(
        title=comms.outside,
        intro=intro,
        components=tuple((one.name, one.title) for one in comms.components),
        starts=comms.window.starts if comms.window else None,
        lasts=comms.window.lasts if comms.window else None,
    )


def _told(migration_id: int) -> list[Told]:
    rows = Update.objects.filter(
        run__migration=migration_id, audience="public", state="published"
    ).order_by("-published_at", "-id")[:SHOWN]
    return [
        Told(
            at=row.published_at or row.created_at,
            headline=row.headline,
            body=row.body,
            stage=row.stage,
            impact=row.impact,
            components=row.components,
            next_at=row.next_at,
        )
        for row in rows
    ]


def _write(status: StatusPage, update: Update) -> None:
    """One letter to everybody who confirmed and did not leave."""
    readers = Subscriber.objects.filter(
        page=status, confirmed_at__isnull=False, left_at__isnull=True
    )
    Letter.objects.bulk_create(
        Letter(subscriber=reader, update=update, key=f"update:{update.pk}:{reader.pk}")
        for reader in readers
    )
