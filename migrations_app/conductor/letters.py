"""Mail to readers of a status page: claimed from rows, one at a time, until it is sent.

A letter whose fate is unknown is sent again under the same Message-ID: two copies of one mail are
better than none, and mail programs show one.
"""

from __future__ import annotations

import hashlib
import logging
import smtplib
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection
from django.template.loader import render_to_string
from django.urls import reverse

from migrations_app.actions.subscribe import CONFIRM, LEAVE, proof_of
from migrations_app.models import Letter
from migrations_app.models.clock import db_now

if TYPE_CHECKING:
    from django.core.mail.backends.base import BaseEmailBackend

log = logging.getLogger(__name__)

AT_ONCE: Final = 50
_LEASE_S: Final = 120.0
_FIRST_PAUSE_S: Final = 5.0
_LONGEST_PAUSE_S: Final = 900.0
_GIVEN_UP_AFTER: Final = 20

_CLAIM = """
UPDATE migrations_app_letter SET lease_until = clock_timestamp() + make_interval(secs => %s)
 WHERE id IN (SELECT id FROM migrations_app_letter
               WHERE state = 'queued' AND not_before <= clock_timestamp()
                 AND (lease_until IS NULL OR lease_until <= clock_timestamp())
               ORDER BY not_before LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING id
"""


def send_letters() -> int:
    """Send what is due, over one connection. How many were taken up."""
    if not settings.WARROOM_MAILS:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [_LEASE_S, AT_ONCE])
        claimed = [pk for (pk,) in cursor.fetchall()]
    if claimed:
        letters = Letter.objects.select_related("subscriber__page", "update").filter(pk__in=claimed)
        _send(list(letters.order_by("pk")))
    return len(claimed)


def _send(letters: list[Letter]) -> None:
    post = get_connection()
    for letter in letters:
        try:
            _send_one(letter, post)
        except smtplib.SMTPRecipientsRefused as error:
            code = min(code for code, _ in error.recipients.values())
            _again(letter, f"the mail server refused it with {code}", for_good=code >= 500)
        except smtplib.SMTPResponseException as error:
            _again(letter, f"the mail server answered {error.smtp_code}")
        except (smtplib.SMTPException, OSError) as error:
            _again(letter, f"the mail server could not be reached: {type(error).__name__}")
    post.close()


def _send_one(letter: Letter, post: BaseEmailBackend) -> None:
    reader = letter.subscriber
    if reader.left_at is not None:
        _done(letter, "failed", "the reader left")
        return
    mail = _question(letter) if letter.update is None else _news(letter)
    mail.connection = post
    mail.send()
    _done(letter, "sent", "")


def _question(letter: Letter) -> EmailMessage:
    """Was it you?"""
    reader = letter.subscriber
    context = {
        "title": reader.page.title,
        "confirm": _address("mail-confirm", proof_of(reader, CONFIRM)),
    }
    text = render_to_string("status/confirm.txt", context)
    return _mail(letter, f"Confirm: updates about {reader.page.title}", text, {})


def _news(letter: Letter) -> EmailMessage:
    """One update, in the very words that were published."""
    reader, update = letter.subscriber, letter.update
    leave = _address("mail-leave", proof_of(reader, LEAVE))
    page = reader.page
    listed = page.open_to == "everybody"
    context = {
        "update": update,
        "leave": leave,
        "page": _address("status", page.slug, "") if listed else "",
    }
    text = render_to_string("status/update.txt", context)
    headers = {
        "List-Unsubscribe": f"<{leave}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
    return _mail(letter, update.headline if update else "", text, headers)


def _mail(letter: Letter, subject: str, text: str, headers: dict[str, str]) -> EmailMessage:
    host = urlsplit(settings.WARROOM_URL).hostname or "localhost"
    ident = hashlib.sha256(f"{settings.SECRET_KEY}:{letter.key}".encode()).hexdigest()[:40]
    told = {"Message-ID": f"<{ident}@{host}>"} | headers
    return EmailMessage(" ".join(subject.split()), text, to=[letter.subscriber.email], headers=told)


def _address(name: str, *arguments: str) -> str:
    return settings.WARROOM_URL + reverse(name, args=arguments)


def _done(letter: Letter, state: str, error: str) -> None:
    sent_at = db_now() if state == "sent" else None
    Letter.objects.filter(pk=letter.pk).update(
        state=state, error=error, sent_at=sent_at, attempts=letter.attempts + 1, lease_until=None
    )


def _again(letter: Letter, why: str, *, for_good: bool = False) -> None:
    """Later, and later; after long enough, or when told so, never."""
    attempts = letter.attempts + 1
    over = for_good or attempts >= _GIVEN_UP_AFTER
    pause = min(_FIRST_PAUSE_S * 2.0 ** min(attempts, 10), _LONGEST_PAUSE_S)
    log.warning("letter %s: %s (%s)", letter.pk, why, "given up" if over else f"again in {pause} s")
    Letter.objects.filter(pk=letter.pk).update(
        state="failed" if over else "queued", error=why[:500], attempts=attempts,
        not_before=db_now() + timedelta(seconds=pause), lease_until=None,
    )  # fmt: skip
