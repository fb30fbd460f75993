"""A team's things: a run in the middle of its night, with whatever an address may name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib.auth.models import User
from django.db import connection

from migrations_app.actions import handover, share, slack_link, subscribe, updates
from migrations_app.actions.updates import Words
from migrations_app.domain.actor import Click
from migrations_app.domain.comms.words import Audience
from migrations_app.domain.plan.people import Role
from migrations_app.models import (
    Handover,
    Membership,
    SlackAccount,
    StatusLink,
    StatusPage,
    Subscriber,
)
from migrations_app.reads.slack import Account
from tests.web import build

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.web.build import World

_NOT_COMPARED: Final = {
    "django_session": "whose browser this is: no thing of anybody's, and told to nobody",
    "migrations_app_cached": "what was used up at the door",
    "migrations_app_presence": "who is in front of the room is said by being there",
}


def team(number: int) -> tuple[World, dict[str, object]]:
    """A run with its gate open, and what its addresses take. `number` tells teams apart."""
    one = build.ready()
    kim = one.actor("kim")
    draft = updates.begin(
        one.run_id, kim, Click(), Words(Audience.INTERNAL, f"News of team {number}")
    )
    share.open_to(one.run_id, one.actor("ana"), "everybody", f"team-{number}")
    token = share.make_link(one.run_id, kim, "for the board", 7)
    handover.offer(one.run_id, kim, Click(), Role.COMMS_LEAD, "lena")
    offer = Handover.objects.get(migration=one.run.migration)
    page = StatusPage.objects.get(migration=one.run.migration)
    subscribe.ask(page, f"reader{number}@example.com")
    reader = Subscriber.objects.get(page=page)
    account = SlackAccount.objects.create(
        team="T0ACME", account=f"U{number}", user=one.users["ana"]
    )
    return one, {
        "run_id": one.run_id, "migration_id": one.run.migration_id, "seq": 1,
        "number": draft.number, "link_id": StatusLink.objects.get(page=page).pk,
        "slug": page.slug, "token": token, "form": "",
        "proof": subscribe.proof_of(reader, subscribe.CONFIRM), "offer_id": offer.pk,
        "ticket": slack_link.ticket_for(Account("T0ACME", f"U{number}")), "account_id": account.pk,
        "pk": 1, "id": 1,
        "object_id": "1", "app_label": "auth", "content_type_id": 1, "url": "nowhere",
        "provider_id": "sso", "phase": "canary", "check": "errors",
    }  # fmt: skip


def strangers_to_us(one: World) -> None:
    """From now on the run is another team's: everybody in it is somebody else."""
    for seat in Membership.objects.filter(migration=one.run.migration):
        name = f"their-{seat.user.get_username()}"
        seat.user, _ = User.objects.get_or_create(username=name)
        seat.save()


def others(mine: Mapping[str, object], theirs: Mapping[str, object]) -> list[dict[str, Any]]:
    """My things, each time with one of theirs among them, wherever the two differ."""
    return [{**mine, name: theirs[name]} for name in mine if mine[name] != theirs[name]]


def everything() -> dict[str, str]:
    """Every table with how much is in it and a digest of it, in one question."""
    with connection.cursor() as cursor:
        tables = [one for one in connection.introspection.table_names(cursor)
                  if one not in _NOT_COMPARED]  # fmt: skip
        parts = [
            f"SELECT '{one}', count(*)::text || ' ' || coalesce(md5(string_agg(t::text, '|' "  # noqa: S608 (names of our own tables)
            f"ORDER BY t::text)), '') FROM \"{one}\" t" for one in tables
        ]  # fmt: skip
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())
