"""The outbox's relay: one sender per channel, in order, at the channel's pace, until it is said.

A message whose outcome is unknown is looked for before it is sent again. Nothing is dropped: what
can't be delivered stays queued, is counted in the room, and is tried again more and more slowly.
"""

from __future__ import annotations

import logging
import time
import uuid
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection

from migrations_app.actions.record import ring
from migrations_app.conductor import seams
from migrations_app.conductor.lease import OWNER
from migrations_app.domain.about import about
from migrations_app.domain.errors import Permanent, Transient, UnknownOutcome, WarroomError
from migrations_app.domain.message import Message, Style, Tone
from migrations_app.domain.timeline import digest
from migrations_app.models import ChannelPost, Delivery
from migrations_app.models.clock import db_now
from migrations_app.reads.headline import live_message, room_url
from migrations_app.reads.plans import plan_of

if TYPE_CHECKING:
    from datetime import datetime

    from migrations_app.channels.base import Channel, Receipt

log = logging.getLogger(__name__)

_LEASE_S = 60.0  # renewed before each message: looking one up and sending it may take 20 s
_WORK_S = 8.0
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0

_TAKE = """
UPDATE migrations_app_channelpost
   SET lease_owner = %s, lease_until = clock_timestamp() + make_interval(secs => %s)
 WHERE id = %s AND due_at IS NOT NULL
   AND (not_before IS NULL OR not_before <= clock_timestamp())
   AND (lease_until IS NULL OR lease_until <= clock_timestamp())
RETURNING due_at
"""


_RENEW = """
UPDATE migrations_app_channelpost
   SET lease_until = clock_timestamp() + make_interval(secs => %s)
 WHERE id = %s AND lease_owner = %s
"""


def relay(post_id: int) -> bool:
    """Say what a channel has waiting. False when somebody else is at it, or it has to wait."""
    owner = f"{OWNER}:{uuid.uuid4().hex[:12]}"
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [owner, _LEASE_S, post_id])
        row = cursor.fetchone()
    if row is None:
        return False
    post = ChannelPost.objects.select_related("run").get(pk=post_id)
    try:
        with about(run=post.run_id, channel=post.channel):
            _send(post, owner)
    finally:
        _give_back(post, owner, row[0])
    return True


def _send(post: ChannelPost, owner: str) -> None:
    until = time.monotonic() + _WORK_S
    try:
        binding = plan_of(post.run).channels[post.channel]
        channel = seams.channel(binding.kind, binding.config, f"channels.{post.channel}")
        _Sender(post, channel, owner, until).work()
    except WarroomError as error:
        _pause(post, error, None)


@dataclass(slots=True)
class _Sender:
    """One lease's worth of sending. `until`: monotonic, when to stop and let others look."""

    post: ChannelPost
    channel: Channel
    owner: str
    until: float

    def work(self) -> None:
        if not self._live():
            return
        while (delivery := self._next()) is not None and time.monotonic() < self.until:
            if not self._say(delivery):
                return
            time.sleep(self.channel.min_interval)
            self._live()

    def _next(self) -> Delivery | None:
        waiting = Delivery.objects.filter(
            run=self.post.run, channel=self.post.channel, state="queued", not_before__lte=db_now()
        )
        return waiting.first()

    def _live(self) -> bool:
        """Bring the pinned message up to date. False if the channel can't be spoken to now."""
        post = self.post
        post.run.refresh_from_db()
        message = live_message(post.run, post.channel, post.anchor)
        showing = _digest(message)
        if showing == post.live_digest:
            return True
        try:
            receipt = self._once(message, doubtful=post.live_doubtful)
        except UnknownOutcome as error:
            _update(post, live_doubtful=not post.anchor)
            _pause(post, error, None)
            return False
        except Transient as error:
            _pause(post, error, error.retry_after)
            return False
        except Permanent as error:  # somebody has to mend it; the messages themselves go on
            _update(post, live_digest=showing, error=str(error)[:500])
            return True
        _update(post, anchor=receipt.anchor, live_digest=showing, live_doubtful=False,
                failures=0, error="")  # fmt: skip
        time.sleep(self.channel.min_interval)
        return True

    def _say(self, delivery: Delivery) -> bool:
        """Send one message. False if the channel has to be left alone for a while."""
        try:
            receipt = self._once(self._message(delivery), doubtful=delivery.doubtful)
        except UnknownOutcome as error:
            _update(delivery, doubtful=True, error=str(error)[:500], attempts=delivery.attempts + 1)
            _pause(self.post, error, None)
            return False
        except Transient as error:
            _update(delivery, error=str(error)[:500], attempts=delivery.attempts + 1)
            _pause(self.post, error, error.retry_after)
            return False
        except Permanent as error:
            return self._set_aside(delivery, error)
        _update(delivery, state="sent", receipt=receipt.anchor, sent_at=db_now(), doubtful=False,
                error="", attempts=delivery.attempts + 1)  # fmt: skip
        _update(self.post, failures=0, error="")
        ring(self.post.run_id, "outbox")
        return True

    def _set_aside(self, delivery: Delivery, error: Permanent) -> bool:
        """Somebody has to change something: try this one again later, go on with the next."""
        pause = _backoff(delivery.attempts)
        _update(delivery, error=str(error)[:500], attempts=delivery.attempts + 1,
                not_before=db_now() + timedelta(seconds=pause))  # fmt: skip
        _update(self.post, error=str(error)[:500])
        ring(self.post.run_id, "outbox")
        return True

    def _once(self, message: Message, *, doubtful: bool) -> Receipt:
        """Send, unless an earlier try did arrive after all. Only while the channel is ours."""
        self._renew()
        if doubtful and (found := self.channel.find(message.key)) is not None:
            if message.style is not Style.LIVE:
                return found
            message = replace(message, anchor=found.anchor)
        return self.channel.deliver(message)

    def _renew(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_RENEW, [_LEASE_S, self.post.pk, self.owner])
            if cursor.rowcount != 1:
                raise Transient("another sender took this channel over")

    def _message(self, delivery: Delivery) -> Message:
        style = Style(delivery.style) if self.post.anchor else Style.POST  # no thread to go to
        return Message(
            key=delivery.key,
            style=style,
            tone=Tone(delivery.tone),
            headline=delivery.headline,
            lines=tuple(delivery.lines),
            facts=tuple((str(label), str(value)) for label, value in delivery.facts),
            link=room_url(self.post.run),
            anchor=self.post.anchor or None,
        )


def _digest(message: Message) -> str:
    rows = [[asdict(button) for button in row] for row in message.rows]
    return digest([message.tone.value, message.headline, message.lines, message.facts, rows])


def _update(row: ChannelPost | Delivery, **values: object) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))


def _backoff(failures: int) -> float:
    return min(_FIRST_PAUSE_S * 2.0 ** min(failures, 10), _LONGEST_PAUSE_S)


def _pause(post: ChannelPost, error: WarroomError, retry_after: float | None) -> None:
    """Leave the channel alone, for as long as it asked or longer and longer."""
    pause = _backoff(post.failures) if retry_after is None else retry_after
    log.warning("channel %s of run %s: %s (again in %.0f s)",
                post.channel, post.run_id, error, pause)  # fmt: skip
    _update(post, failures=post.failures + 1, error=str(error)[:500],
            not_before=db_now() + timedelta(seconds=pause))  # fmt: skip
    ring(post.run_id, "outbox")


_GIVE_BACK = """
UPDATE migrations_app_channelpost p
   SET lease_until = NULL, handed_at = NULL,
       due_at = CASE WHEN p.due_at <> %s THEN p.due_at ELSE (
         SELECT CASE WHEN p.error <> '' AND p.not_before > clock_timestamp() THEN p.not_before
                     ELSE min(d.not_before) END
           FROM migrations_app_delivery d
          WHERE d.run_id = p.run_id AND d.channel = p.channel AND d.state = 'queued') END
 WHERE p.id = %s AND p.lease_owner = %s
"""


def _give_back(post: ChannelPost, owner: str, due_at: datetime) -> None:
    """Free the channel. It is due again if anything is left, or if an event came meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, [due_at, post.pk, owner])
