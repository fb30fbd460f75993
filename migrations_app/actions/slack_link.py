"""Link a Slack account to a person, and take that back.

The way is shown in Slack, to that account alone, as an address that holds for ten minutes and
counts once; it is walked by whoever is signed in here and has just proved who they are.
"""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from django.core import signing
from django.db import transaction

from migrations_app.actions.slack_in import take_in
from migrations_app.domain.errors import Refused
from migrations_app.models import SlackAccount
from migrations_app.reads.slack import Account

if TYPE_CHECKING:
    from migrations_app.domain.actor import Actor

log = logging.getLogger(__name__)

WITHIN: Final = timedelta(minutes=10)
_SALT: Final = "warroom.slack.link"
_NAME: Final = 24  # characters, so that Slack takes the address as a link
_AGAIN: Final = "Ask for a new one in Slack: /warroom link."


def ticket_for(account: Account) -> str:
    """What stands in the address. Nobody else can make it, and no two are alike."""
    names = [account.team_name[:_NAME], account.name[:_NAME]]
    said = [account.team, account.id, *names, secrets.token_hex(8)]
    return signing.dumps(said, salt=_SALT, compress=True)


def account_on(ticket: str) -> Account:
    """The account a ticket is about. `Refused` if it is too old, or none of ours."""
    try:
        team, account, team_name, name, _ = signing.loads(ticket, salt=_SALT, max_age=WITHIN)
    except signing.SignatureExpired:
        raise Refused("expired", f"This link has expired: it holds ten minutes. {_AGAIN}") from None
    except (signing.BadSignature, ValueError):
        raise Refused("ticket", f"This link is broken. {_AGAIN}") from None
    return Account(team, account, team_name, name)


def link(actor: Actor, ticket: str) -> Account:
    """From now on what the ticket's account does in Slack is done by `actor`. Counts once."""
    account = account_on(ticket)
    with transaction.atomic():
        if not take_in(sha256(ticket.encode()).hexdigest()):
            raise Refused("used", f"This link was used already. {_AGAIN}")
        row, _ = SlackAccount.objects.get_or_create(
            team=account.team, account=account.id,
            defaults={"user_id": actor.user_id, "team_name": account.team_name,
                      "account_name": account.name},
        )  # fmt: skip
        if row.user_id != actor.user_id:
            raise Refused(
                "taken", "That Slack account is linked to somebody else. Whoever uses it can "
                "say /warroom unlink in Slack first.",
            )  # fmt: skip
    log.info("slack account %s/%s linked to user %s", account.team, account.id, actor.user_id)
    return account


def unlink(user_id: int, pk: int) -> bool:
    """Take one of one's own links back. False if there is none."""
    gone, _ = SlackAccount.objects.filter(pk=pk, user_id=user_id).delete()
    log.info("slack link %s taken back by user %s: %s", pk, user_id, bool(gone))
    return bool(gone)


def unlink_account(account: Account) -> bool:
    """Take a link back from Slack itself. False if there is none."""
    gone, _ = SlackAccount.objects.filter(team=account.team, account=account.id).delete()
    log.info("slack account %s/%s unlinked: %s", account.team, account.id, bool(gone))
    return bool(gone)
