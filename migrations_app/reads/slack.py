"""Who somebody in Slack is to us, and which run a channel or a word means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.domain.actor import Actor, Via
from migrations_app.domain.errors import Refused
from migrations_app.domain.states import LIVE
from migrations_app.models import ChannelPost, Run, SlackAccount
from migrations_app.reads.access import seats_in

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from migrations_app.domain.seats import Seats

NOWHERE = "There is no such run, or you hold no role in its migration."


@dataclass(frozen=True, slots=True)
class Account:
    """A Slack account: its ids, and the names it goes by in Slack, which anybody may choose."""

    team: str
    id: str
    team_name: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Linked:
    """An account somebody linked, as their own page shows it."""

    id: int
    team: str
    name: str
    linked_at: datetime


def actor_of(account: Account) -> Actor | None:
    """The person behind a Slack account, if it is linked and they may still come in."""
    found = SlackAccount.objects.select_related("user").filter(
        team=account.team, account=account.id, user__is_active=True
    )
    row = found.first()
    return None if row is None else Actor(row.user.get_username(), row.user.pk, Via.SLACK)


def linked(user_id: int) -> list[Linked]:
    """The Slack accounts of a person, oldest first."""
    rows = SlackAccount.objects.filter(user_id=user_id).order_by("linked_at", "pk")
    return [
        Linked(row.pk, row.team_name or row.team, row.account_name or row.account, row.linked_at)
        for row in rows
    ]


def name_of(team: str, account: str) -> str:
    """What a Slack account is called on a timeline: our name for the person, or Slack's id."""
    actor = actor_of(Account(team, account))
    return actor.name if actor else account


def seats_at(run_id: int, actor: Actor) -> Seats:
    """What a person holds in a run's migration. A run that is not there looks like one not theirs.

    Raises `Refused("unknown_run")` for both.
    """
    migration = Run.objects.filter(pk=run_id).values_list("migration_id", flat=True).first()
    seats = None if migration is None else seats_in(migration, actor.user_id)
    if seats is None or not seats.every:
        raise Refused("unknown_run", NOWHERE)
    return seats


def runs_told_in(channel: str, threads: Collection[str] = ()) -> list[Run]:
    """The live runs whose live message stands in a Slack channel.

    Only the one whose live message is among `threads`, if any is: a reply below it is about it.
    """
    posts = ChannelPost.objects.select_related("run__migration").filter(
        anchor__startswith=f"{channel}:", run__state__in=[state.value for state in LIVE]
    )
    told = list(posts.order_by("run_id"))
    below = [post for post in told if post.anchor.partition(":")[2] in threads]
    return list(dict.fromkeys(post.run for post in below or told))


def run_named(runs: Sequence[tuple[int, str]], word: str) -> int:
    """Which of `runs`, an id and a slug each, `word` means: an id, a slug, or a part of just one.

    Raises `Refused("unknown_run")` when that is none, or more than one.
    """
    exact = [pk for pk, slug in runs if word.lower() in {str(pk), slug.lower()}]
    likely = exact or [pk for pk, slug in runs if word and word.lower() in slug.lower()]
    if len(likely) == 1:
        return likely[0]
    if not likely:
        raise Refused("unknown_run", NOWHERE)
    numbers = ", ".join(str(pk) for pk in likely)
    raise Refused("unknown_run", f'More than one run fits "{word}". Say its number: {numbers}.')
