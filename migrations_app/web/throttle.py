"""Slow down who guesses, and lock nobody out of their own account.

A browser that signed in before has tries of its own: whatever anybody else does at this account
or behind this address, its right password passes. From elsewhere an address has a few tries at an
account, and a few more at all accounts together. Where one account is tried from many addresses,
each address is left a single try; who knows the password needs no second.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from migrations_app.actions import knocks
from migrations_app.actions.knocks import Bucket
from migrations_app.web import device
from migrations_app.web.source import source_of

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

log = logging.getLogger(__name__)

QUARTER_S: Final = 15 * 60
KNOWN: Final = 10
"""Tries in a quarter of an hour from a browser that signed in to this account before."""
HERE: Final = 5
"""Tries in a quarter of an hour at one account, from one address."""
SOURCE: Final = 30
"""Tries in a quarter of an hour from one address, at whatever account."""
UNDER_ATTACK: Final = 50
"""Tries in an hour at one account, from browsers nobody knows: from here on it is guarded."""
CODES: Final = 25
"""Tries in an hour at an account's second factor, from browsers nobody knows. Whoever tries has the
password already, and a million codes are few: this one does close."""


class TooOften(Exception):
    """Not now. `until`: when the next try counts."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"too many tries, until {until:%H:%M:%S} UTC")
        self.until = until

    @property
    def wait_s(self) -> int:
        """Whole seconds, at least one."""
        return max(1, round((self.until - timezone.now()).total_seconds()))

    @property
    def sentence(self) -> str:
        minutes = -(-self.wait_s // 60)
        wait = "a minute" if minutes == 1 else f"{minutes} minutes"
        return f"Too many tries. Wait {wait}, then try once more: {self.until:%H:%M:%S} UTC."


@dataclass(frozen=True, slots=True)
class Try:
    """One try that may be made. Call `was_right` if it was."""

    own: Bucket
    shared: tuple[Bucket, ...]

    def was_right(self) -> None:
        """It does not count, nor do those before it that only failed here."""
        knocks.forget(self.own)
        for bucket in self.shared:
            knocks.give_back(bucket)


def password(request: HttpRequest, account: str) -> Try:
    """Before a password is looked at. Raises `TooOften`."""
    name = account.strip().casefold()
    if (key := device.known(request, name)) is not None:
        return _knock(request, Try(Bucket(("device", name, key), KNOWN, QUARTER_S), ()))
    anywhere = Bucket(("account", name), UNDER_ATTACK, 4 * QUARTER_S)
    guarded = knocks.take(anywhere) is not None
    source = source_of(request)
    here = Bucket(("password", name, source), 1 if guarded else HERE, QUARTER_S)
    return _knock(request, Try(here, (Bucket(("source", source), SOURCE, QUARTER_S), anywhere)))


def second_factor(request: HttpRequest, account: str) -> Try:
    """Before a code or a key is looked at. Raises `TooOften`."""
    name = account.strip().casefold()
    if (key := device.known(request, name)) is not None:
        return _knock(request, Try(Bucket(("device code", name, key), KNOWN, QUARTER_S), ()))
    here = Bucket(("code", name, source_of(request)), HERE, QUARTER_S)
    return _knock(request, Try(here, (Bucket(("codes", name), CODES, 4 * QUARTER_S),)))


def _knock(request: HttpRequest, one: Try) -> Try:
    for bucket in (one.own, *(b for b in one.shared if b.who[0] != "account")):
        if (until := knocks.take(bucket)) is not None:
            log.warning("signing in refused: too many tries (%s) from %s",
                        bucket.who[0], source_of(request))  # fmt: skip
            raise TooOften(until)
    return one
