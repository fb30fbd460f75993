"""What somebody looks at in a timeline: read from the address, and written back into links."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import uuid4

from django.http import Http404
from django.urls import NoReverseMatch, reverse

from migrations_app.domain.groups import Group
from migrations_app.domain.searching import LONGEST
from migrations_app.domain.states import Verb
from migrations_app.reads.timeline import Wanted
from migrations_app.reads.timeline.listing import COUNTED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from migrations_app.domain.seats import Seats
    from migrations_app.web.guard import Seat


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter as a link. `count` is empty where it would not be about what is shown."""

    label: str
    url: str
    count: str
    here: bool


@dataclass(frozen=True, slots=True)
class Hands:
    """What one person may add to entries. Enforced again at the click."""

    run_id: int
    seats: Seats

    @property
    def pin(self) -> bool:
        return self.seats.may(Verb.PIN)

    @property
    def note(self) -> bool:
        return self.seats.may(Verb.NOTE)

    @property
    def key(self) -> str:
        """A fresh idempotency key, for one form drawn once."""
        return uuid4().hex

    @property
    def quote(self) -> str:
        """Where an update begins that quotes an entry, up to its seq; empty for who writes none."""
        if not self.seats.may(Verb.DRAFT):
            return ""
        try:
            return f"{reverse('comms', args=[self.run_id])}?quote="
        except NoReverseMatch:
            return ""


@dataclass(frozen=True, slots=True)
class Looking:
    """One look at one run's timeline."""

    run_id: int
    wanted: Wanted

    @property
    def home(self) -> str:
        """The same look, from the newest entry on."""
        return self._url(replace(self.wanted, before=None, after=None))

    @property
    def everything(self) -> str:
        return self._url(Wanted())

    @property
    def wordless(self) -> str:
        """The same group, whatever the words."""
        return self._url(replace(self.wanted, text="", before=None, after=None))

    def older(self, before: int) -> str:
        return self._url(replace(self.wanted, before=before, after=None))

    def since(self, seq: int) -> str:
        """What came after entry `seq`."""
        return self._url(self.wanted.since(seq))

    @property
    def news(self) -> str:
        """Where to ask for what came since; `after` is added by who asks."""
        return self._url(replace(self.wanted, before=None, after=None), "timeline-news")

    def chips(self, counts: Mapping[Group, int]) -> tuple[Chip, ...]:
        """All, then every group; each keeps the words that are searched for."""
        return (self._chip(None, {}), *(self._chip(group, counts) for group in Group))

    def _chip(self, group: Group | None, counts: Mapping[Group, int]) -> Chip:
        wanted = Wanted(group, self.wanted.text)
        label = group.value.capitalize() if group else "All"
        known = group is not None and not wanted.text.strip()
        count = counted(counts.get(group, 0)) if group and known else ""
        return Chip(label, self._url(wanted), count, here=group == self.wanted.group)

    def _url(self, wanted: Wanted, name: str = "timeline") -> str:
        said = {
            "show": wanted.group or "",
            "q": wanted.text,
            "before": wanted.before,
            "after": wanted.after,
        }
        query = urlencode({key: value for key, value in said.items() if value not in {"", None}})
        path = reverse(name, args=[self.run_id])
        return f"{path}?{query}" if query else path


def counted(count: int, most: int = COUNTED) -> str:
    """`12`, or `999+` where nobody counted on."""
    return str(count) if count < most else f"{most - 1}+"


def looking(request: HttpRequest, seat: Seat) -> Looking:
    """What the address asks for. 404 where it asks for what can't be."""
    group = request.GET.get("show", "")
    if group and group not in set(Group):
        raise Http404(f"`show` is one of {', '.join(Group)}.")
    text = request.GET.get("q", "").replace("\x00", "")[:LONGEST]
    wanted = Wanted(
        Group(group) if group else None, text, _seq(request, "before"), _seq(request, "after")
    )
    return Looking(seat.run_id, wanted)


def _seq(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Http404(f"`{name}` is the number of an entry.")
    return int(text)
