"""Take a request in once. The same one again is refused, and nothing is done."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import IntegrityError, transaction

from migrations_app.models import Inbound
from migrations_app.models.clock import db_now

KEPT: Final = timedelta(hours=1)
"""Far beyond the five minutes after which a request is too old anyway."""


def take_in(digest: str) -> bool:
    """Whether this is the first time. Two at once: one of them is."""
    Inbound.objects.filter(at__lt=db_now() - KEPT).delete()
    try:
        with transaction.atomic():
            Inbound.objects.create(digest=digest)
    except IntegrityError:
        return False
    return True


def let_go(digest: str) -> None:
    """It could not be dealt with: it may come again."""
    Inbound.objects.filter(digest=digest).delete()
