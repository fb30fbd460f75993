"""What the web asks of Slack: open a form, read a message, whisper, answer a click.

None of it is ever waited for by a decision: those are committed before.
"""

from __future__ import annotations

import logging
import threading
from contextvars import copy_context
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connections

from migrations_app.channels.slack import doctor as slack_doctor
from migrations_app.channels.slack.answer import answer
from migrations_app.channels.slack.channel import SlackChannel
from migrations_app.channels.slack.views import Form, form, mistake, outcome, whisper
from migrations_app.conductor import hints, seams
from migrations_app.domain.errors import ConfigError, SeamError, Transient, WarroomError
from migrations_app.models import ChannelPost, Run
from migrations_app.models.clock import ClockTimestamp
from migrations_app.reads.plans import plan_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from migrations_app.channels.base import Channel
    from migrations_app.channels.slack.quoted import Quoted
    from migrations_app.domain.finding import Finding

__all__ = ["Form", "behind", "heard", "mistake", "open_form", "outcome", "quoted", "redraw", "tell",
           "whisper", "whisper_in"]  # fmt: skip

log = logging.getLogger(__name__)


def open_form(run: Run, place: str, trigger: str, one: Form) -> None:
    """Open a form for whoever pressed a button in the channel `place`. Raises `WarroomError`."""
    _channel(run, place).open_form(trigger, form(one))


def quoted(run: Run, place: str, ts: str) -> Quoted:
    """A message of the channel `place`, as Slack has it. Raises `WarroomError`."""
    return _channel(run, place).quoted(place, ts)


def whisper_in(run: Run, place: str, account: str, said: Mapping[str, object]) -> None:
    """Say something to one person in a channel; what goes wrong is logged and no more."""
    try:
        _channel(run, place).whisper(place, account, str(said["text"]))
    except WarroomError as error:
        log.warning("somebody in Slack was not told: %s", error)


def tell(address: str, said: Mapping[str, object]) -> None:
    """Answer a click at the address it came with; what goes wrong is logged and no more."""
    try:
        answer(address, said, settings.WARROOM_SLACK_HOOKS)
    except (ConfigError, SeamError) as error:
        log.warning("somebody in Slack was not answered: %s", error)


def behind(work: Callable[[], object]) -> None:
    """Do it after the click was acknowledged: a thread of its own, that a shutdown waits for.

    Only for what may be lost, or what somebody else does too if it is.
    """
    run = copy_context().run  # what is known of the click is known behind it, too
    threading.Thread(target=run, args=(_alone, work), name="behind-slack").start()


def _alone(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception:
        log.exception("what was to be done behind a click in Slack failed")
    finally:
        connections.close_all()


def redraw(run_id: int) -> None:
    """Bring the run's live messages up to date, even if we believe they are."""
    posts = ChannelPost.objects.filter(run_id=run_id)
    posts.update(due_at=ClockTimestamp(), handed_at=None, live_digest="")
    hints.poke([hints.outbox(pk) for pk in posts.values_list("pk", flat=True)])


def heard(channel: Channel) -> list[Finding]:
    """For a doctor: whether what people press in this channel reaches us."""
    if not isinstance(channel, SlackChannel) or not channel.buttons:
        return []
    return slack_doctor.heard(
        settings.WARROOM_URL, secret=bool(settings.WARROOM_SLACK_SIGNING_SECRETS)
    )


def _channel(run: Run, place: str) -> SlackChannel:
    """The run's own channel there, whose token may speak."""
    for found in _channels(run, place):
        return found
    raise Transient("This run tells nothing to that Slack channel.")


def _channels(run: Run, place: str) -> Iterator[SlackChannel]:
    posts = ChannelPost.objects.filter(run=run, anchor__startswith=f"{place}:")
    bound = plan_of(run).channels
    for name in posts.order_by("pk").values_list("channel", flat=True):
        binding = bound[name]
        channel = seams.channel(binding.kind, binding.config, f"channels.{name}")
        if isinstance(channel, SlackChannel):
            yield channel
