"""End what a person has open, when their account is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db.models.signals import post_save
from django.dispatch import receiver

if TYPE_CHECKING:
    from collections.abc import Iterator


def end_sessions(user_id: int) -> int:
    """Every session of a person, wherever it is open. Returns how many there were.

    A session says whose it is only inside: all are read, which is rare and quick enough.
    """
    own = [one.pk for one in _all() if one.get_decoded().get(SESSION_KEY) == str(user_id)]
    ended, _ = Session.objects.filter(pk__in=own).delete()
    return ended


def _all() -> Iterator[Session]:
    return Session.objects.iterator(chunk_size=500)


@receiver(post_save, sender=User)
def _closed(instance: User, *, created: bool, **_: Any) -> None:
    """A closed account's sessions don't come back to life when it is opened again."""
    if not created and not instance.is_active:
        end_sessions(instance.pk)
