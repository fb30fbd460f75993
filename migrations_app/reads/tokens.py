"""Tokens: whom one speaks for, what it may be used for, and whether it still counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from django.db.models import Q

from migrations_app.models import ApiToken
from migrations_app.models.clock import ClockTimestamp, db_now

if TYPE_CHECKING:
    from datetime import datetime

PREFIX: Final = "wr_"
_SHAPE: Final = re.compile(r"wr_[A-Za-z0-9_-]{43}")  # 256 bits


class Scope(StrEnum):
    """What a token may be used for, within what its person may do."""

    READ = "read"
    DECIDE = "decide"  # Go, No-Go, sign-offs, resume, complete, roll back
    OPERATE = "operate"  # plan, start, call off, steps, notes, roll back
    EVIDENCE = "evidence"  # push measurements


class TokenState(StrEnum):
    """Whether a token counts, and why not."""

    GOOD = "good"
    EXPIRED = "expired"
    REVOKED = "revoked"
    IDLE = "user inactive"


@dataclass(frozen=True, slots=True)
class Speaker:
    """The person behind a token that counts, and what the token may be used for."""

    user_id: int
    username: str
    scopes: frozenset[Scope]


@dataclass(frozen=True, slots=True)
class TokenView:
    """One token in the list. Nothing of the secret is known any more."""

    id: int
    name: str
    username: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    state: TokenState


def digest_of(secret: str) -> str:
    """What is kept of a token. Its 256 random bits need no salt and no slow hash."""
    return sha256(secret.encode()).hexdigest()


def speaker(secret: str) -> Speaker | None:
    """Whom a token speaks for now; None if it does not count.

    It is looked up by its digest, so that how long that takes says nothing about the secret.
    """
    if not _SHAPE.fullmatch(secret):
        return None
    lasts = Q(expires_at=None) | Q(expires_at__gt=ClockTimestamp())
    good = ApiToken.objects.filter(lasts, revoked_at=None, user__is_active=True)
    found = good.filter(digest=digest_of(secret)).select_related("user").first()
    if found is None:
        return None
    scopes = frozenset(Scope(scope) for scope in found.scopes if scope in set(Scope))
    return Speaker(found.user_id, found.user.get_username(), scopes)


def tokens() -> tuple[TokenView, ...]:
    """Every token there ever was, newest first."""
    now = db_now()
    rows = ApiToken.objects.select_related("user").order_by("-id")
    return tuple(_view(row, now) for row in rows)


def _view(row: ApiToken, now: datetime) -> TokenView:
    return TokenView(
        id=row.pk,
        name=row.name,
        username=row.user.get_username(),
        scopes=tuple(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        state=_state(row, now),
    )


def _state(row: ApiToken, now: datetime) -> TokenState:
    if row.revoked_at is not None:
        return TokenState.REVOKED
    if row.expires_at is not None and row.expires_at <= now:
        return TokenState.EXPIRED
    return TokenState.GOOD if row.user.is_active else TokenState.IDLE
