"""What templates say often: moments, ages, weights, states and verdicts in icon, word and class."""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal
from typing import TYPE_CHECKING

from django import template
from django.templatetags.static import static
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
_ICONS = {
    State.PLANNED: "calm",
    State.SHIFTING: "moving",
    State.BAKING: "moving",
    State.GATE: "waiting",
    State.HELD: "held",
    State.FROZEN: "back",
    State.ROLLING_BACK: "back",
    State.ROLLED_BACK: "back",
    State.COMPLETED: "done",
    State.CALLED_OFF: "calm",
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


@register.simple_tag
def late(due_at: datetime | None) -> str | SafeString:
    """How long something is overdue: the browser counts on."""
    return _time(due_at, "late", "since {0.day} {0:%b %H:%M} UTC")


@register.simple_tag
def day(at: datetime | None) -> str | SafeString:
    """A date, where the hour does not matter."""
    return _time(at, "day", "{0.day} {0:%b %Y}")


def _time(
    at: datetime | None, meaning: str, form: str = "{0.day} {0:%b %H:%M:%S} UTC"
) -> str | SafeString:
    if at is None:
        return "never"
    utc = at.astimezone(UTC)
    text = form.format(utc)
    exact = utc.isoformat(timespec="milliseconds")
    return format_html('<time datetime="{}" data-{}>{}</time>', exact, meaning, text)


@register.filter
def utc(at: datetime) -> str:
    """A time for paper and other places that no script reaches, with its date and zone."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


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


@register.filter
def icon(word: str) -> str:
    """A state's sign alone, for a title."""
    return _STATES[State(word)]


@register.simple_tag
def icon_of(word: str) -> str:
    """The address of the favicon that says a state."""
    return static(f"icons/{_ICONS[State(word)]}.svg")


@register.simple_tag
def state(word: str) -> SafeString:
    """A run's state: icon, word and class."""
    return format_html(
        '<span class="state {}"><span aria-hidden="true">{}</span> {}</span>',
        word, _STATES[State(word)], spoken_word(word).upper(),
    )  # fmt: skip


@register.filter
def share(along: float) -> str:
    """A place along a drawing, which is 1000 wide, in percent."""
    return f"{along / 10:g}%"


@register.filter
def stamp(at: datetime) -> str:
    """A moment for scripts and links."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


@register.filter
def hour(at: datetime) -> str:
    """The hour on an axis. The browser shows the viewer's own."""
    return f"{at.astimezone(UTC):%H:%M:%S}"
