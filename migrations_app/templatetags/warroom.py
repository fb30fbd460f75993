"""What templates say often: moments, ages, weights, states and verdicts in icon, word and class."""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal
from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html

from migrations_app.domain import duration as durations
from migrations_app.domain.states import State
from migrations_app.domain.states import spoken as spoken_word

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from django.utils.safestring import SafeString

register = template.Library()

_STATES = {
    State.PLANNED: "○",
    State.SHIFTING: "⇄",
    State.BAKING: "◔",
    State.GATE: "▲",
    State.HELD: "∥",
    State.FROZEN: "✱",
    State.ROLLING_BACK: "◀",
    State.ROLLED_BACK: "◀",
    State.COMPLETED: "✔",
    State.CALLED_OFF: "⊘",
}
_STATUSES = {"PASS": "✔", "FAIL": "✖", "PENDING": "◔", "NO_DATA": "?"}


@register.simple_tag
def moment(at: datetime | None) -> str | SafeString:
    """A time with its date and zone. The browser adds the viewer's own."""
    return _time(at, "moment")


@register.simple_tag
def since(at: datetime | None) -> str | SafeString:
    """A time whose age matters: the browser shows it, by the server's clock."""
    return _time(at, "since")


@register.simple_tag
def until(at: datetime | None) -> str | SafeString:
    """A time that is awaited: the browser shows how long it still is."""
    return _time(at, "until")


def _time(at: datetime | None, meaning: str) -> str | SafeString:
    if at is None:
        return "never"
    utc = at.astimezone(UTC)
    text = f"{utc.day} {utc:%b %H:%M:%S} UTC"
    exact = utc.isoformat(timespec="milliseconds")
    return format_html('<time datetime="{}" data-{}>{}</time>', exact, meaning, text)


@register.filter
def percent(weight: Decimal | None) -> str:
    """A weight: `25 %`, `12.5 %`; an em dash for none."""
    return "—" if weight is None else f"{weight.normalize():f} %"


@register.filter
def of_blue(weight: Decimal) -> Decimal:
    """BLUE's share beside GREEN's."""
    return Decimal(100) - weight


@register.filter
def duration(span: timedelta | None) -> str:
    """`6 m 10 s`."""
    return "" if span is None else durations.spoken(span)


@register.filter
def less(later: datetime, earlier: datetime) -> str:
    """How long after `earlier` it was, in words."""
    return durations.spoken(later - earlier)


@register.filter
def spoken(word: str) -> str:
    """`rolled_back` as people say it."""
    return spoken_word(word)


@register.simple_tag
def status(word: str, *, stale: bool = False) -> SafeString:
    """A verdict: icon, word and class. One that is too old to believe says so."""
    name = "STALE" if stale else word.replace("_", " ")
    icon = "?" if stale else _STATUSES.get(word, "?")
    return format_html(
        '<span class="status {}"><span aria-hidden="true">{}</span> {}</span>',
        "stale" if stale else word.lower(), icon, name,
    )  # fmt: skip


@register.simple_tag
def state(word: str) -> SafeString:
    """A run's state: icon, word and class."""
    return format_html(
        '<span class="state {}"><span aria-hidden="true">{}</span> {}</span>',
        word, _STATES[State(word)], spoken_word(word).upper(),
    )  # fmt: skip
