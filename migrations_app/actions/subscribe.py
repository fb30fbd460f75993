"""Be told by mail: asked for, confirmed, left. Nobody learns from us who is on a list."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from migrations_app.domain.errors import Refused
from migrations_app.models import Letter, Subscriber
from migrations_app.models.clock import db_now

if TYPE_CHECKING:
    from migrations_app.models import StatusPage

CONFIRM: Final = "warroom.confirm"
LEAVE: Final = "warroom.leave"
_CONFIRM_WITHIN = timedelta(days=3)
_AGAIN_AFTER = timedelta(hours=1)
_HOURLY: Final = 500
"""New addresses a page takes in an hour: a form that anybody can send must not flood anybody."""


def ask(page: StatusPage, email: str) -> None:
    """Send the question whether it was them. Asked again within the hour, it is not repeated."""
    address = email.strip()
    try:
        validate_email(address)
    except ValidationError:
        raise Refused("email", "That is no e-mail address: look at it again.") from None
    name, _, domain = address.rpartition("@")
    address = f"{name}@{domain.lower()}"
    with transaction.atomic():
        now = db_now()
        asked = Subscriber.objects.filter(page=page, asked_at__gt=now - timedelta(hours=1)).count()
        if asked >= _HOURLY:
            raise Refused("busy", "Too many people ask at once. Try again in an hour, please.")
        reader, fresh = Subscriber.objects.select_for_update().get_or_create(
            page=page, email=address, defaults={"asked_at": now}
        )
        waiting = not fresh and now - reader.asked_at < _AGAIN_AFTER
        there = reader.confirmed_at is not None and reader.left_at is None
        if there or (waiting and reader.left_at is None):
            return
        reader.asked_at, reader.confirmed_at, reader.left_at = now, None, None
        reader.save()
        Letter.objects.create(subscriber=reader, key=f"ask:{reader.pk}:{now.timestamp():.0f}")


def proof_of(reader: Subscriber, salt: str) -> str:
    """What stands in a mail's link: it says which reader, and nobody else can make it."""
    return signing.dumps([reader.pk, reader.email], salt=salt)


def reader_of(proof: str, salt: str) -> Subscriber:
    """The reader behind a link. Raises `BadSignature` if there is none, or it is too old."""
    age = _CONFIRM_WITHIN if salt == CONFIRM else None
    pk, email = signing.loads(proof, salt=salt, max_age=age)
    reader = Subscriber.objects.select_related("page").filter(pk=pk, email=email).first()
    if reader is None:
        raise signing.BadSignature("nobody of that name")
    return reader


def answer(reader: Subscriber, salt: str) -> str:
    """Confirm or leave, and what to say. Twice is once."""
    now = db_now()
    if salt == CONFIRM:
        if reader.left_at is None:
            Subscriber.objects.filter(pk=reader.pk, confirmed_at=None).update(confirmed_at=now)
        return "You will get every update by mail. Each of them says how to leave."
    Subscriber.objects.filter(pk=reader.pk, left_at=None).update(left_at=now)
    Letter.objects.filter(subscriber=reader, state="queued").update(
        state="failed", error="the reader left"
    )
    return "You will get no more mail."
