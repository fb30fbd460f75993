"""Who clicked, and what people are told who are not known here."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse

from migrations_app.actions.slack_link import ticket_for
from migrations_app.conductor import slack
from migrations_app.reads.slack import Account, actor_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrations_app.domain.actor import Actor
    from migrations_app.domain.slack.inbound import Person, Team


class Unlinked(Exception):
    """Nobody of ours is behind this Slack account."""

    def __init__(self, account: Account) -> None:
        super().__init__("nobody is linked to this Slack account")
        self.account = account


def account_of(person: Person, team: Team | None) -> Account:
    """The account that clicked. In a shared channel people have teams of their own."""
    own = person.team_id or (team.id if team else "")
    name = team.domain if team and team.id == own else ""
    return Account(own, person.id, name, person.username or person.name)


def actor_behind(account: Account) -> Actor:
    """The person behind it. Raises `Unlinked`."""
    actor = actor_of(account)
    if actor is None:
        raise Unlinked(account)
    return actor


def who_are_you(account: Account) -> Mapping[str, object]:
    """Why nothing happened, and the way to mend it."""
    path = reverse("slack-link", args=[ticket_for(account)])
    sentences = [
        "Nothing was done: your Slack account is not linked to your Warroom account.",
        "Link it, then do it again. The address holds ten minutes and counts once.",
    ]
    return slack.whisper(sentences, [(settings.WARROOM_URL + path, "Link my account")])


def room_of(run_id: int) -> str:
    """The address of a run's room."""
    return str(settings.WARROOM_URL + reverse("room", args=[run_id]))


def answered(address: str, said: Mapping[str, object], status: int = 200) -> HttpResponse:
    """Acknowledge now; the answer follows behind."""
    if address:
        slack.behind(partial(slack.tell, address, said))
    return HttpResponse(status=status)
