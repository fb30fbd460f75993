"""Issue a token for a person, and revoke one. The secret is shown once and kept nowhere."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model

from migrations_app.domain.errors import Refused
from migrations_app.models import ApiToken
from migrations_app.models.clock import db_now
from migrations_app.reads.tokens import PREFIX, digest_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from migrations_app.reads.tokens import Scope

LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh token. `secret` can't be had again."""

    id: int
    expires_at: datetime
    secret: str = field(repr=False)


def issue(username: str, name: str, scopes: Collection[Scope], days: int) -> Issued:
    """A token that speaks for `username` within `scopes` for `days` days."""
    user = get_user_model().objects.filter(username=username, is_active=True).first()
    if user is None:
        raise Refused("unknown_user", f'There is no active user "{username}".')
    if not scopes:
        raise Refused("scopes", "A token without a scope can do nothing: name one.")
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused("days", f"A token lasts from 1 to {LONGEST_DAYS} days, not {days}.")
    secret = PREFIX + secrets.token_urlsafe(32)
    now = db_now()
    token = ApiToken.objects.create(
        user=user,
        name=name[:80],
        digest=digest_of(secret),
        scopes=sorted(scopes),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    return Issued(token.pk, now + timedelta(days=days), secret)


def revoke(token_id: int) -> ApiToken:
    """From now on the token counts for nothing. Revoking it again changes nothing."""
    token = ApiToken.objects.select_related("user").filter(pk=token_id).first()
    if token is None:
        raise Refused("unknown_token", f"There is no token {token_id}: `token list` shows them.")
    if token.revoked_at is None:
        token.revoked_at = db_now()
        token.save(update_fields=["revoked_at"])
    return token
