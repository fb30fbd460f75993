"""What the supervisor needs to know about one process it runs."""

from __future__ import annotations

import signal
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

Check = Callable[[], bool]
Step = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Account:
    """Who a process runs as when the supervisor runs as root. Numbers, not names."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Child:
    """One long-lived process.

    `argv[0]` is an absolute path. `env` is added to the supervisor's own environment and never
    shown. `before` runs ahead of every start, restarts included; if it raises, that start
    has failed. `ready` is asked until it says True; what it raises means "not yet". Seconds are
    seconds of the monotonic clock.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    ready: Check | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    ready_seconds: float = 30.0
    stop_seconds: float = 5.0
    before: Step | None = None
    account: Account | None = None


def answers(url: str, timeout: float = 1.0) -> Check:
    """A readiness check: does a GET of this loopback `url` answer 200?"""

    def check() -> bool:
        with urllib.request.urlopen(url, timeout=timeout) as response:  # noqa: S310 - our own URL
            return int(response.status) == 200

    return check
