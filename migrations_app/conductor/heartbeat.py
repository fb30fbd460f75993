"""Tell somebody outside, again and again, that polling works: when it stops, they wake somebody.

The dead man's switch is theirs: whatever takes us down takes our own alarms down, too.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from typing import Final

import httpx

log = logging.getLogger(__name__)

EVERY_S: Final = 30.0
_TIMEOUT_S: Final = 5.0


@dataclass
class Heartbeat:
    """Asks for `url`, in a thread of its own, whenever `every_s` have passed in which a round of
    the poller was finished, and something it had handed out as well. No URL: nothing is asked.

    The address is a secret: who knows it may pretend that we live. It is in no log line.
    """

    url: str = field(repr=False)
    every_s: float = EVERY_S
    _round: threading.Event = field(default_factory=threading.Event)
    _work: threading.Event = field(default_factory=threading.Event)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _deaf: bool = False

    def start(self) -> None:
        """Begin, if there is anybody to tell."""
        if self.url:
            self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """No more; an answer that is under way is not waited for."""
        self._over.set()

    def round_finished(self) -> None:
        self._round.set()

    def work_finished(self) -> None:
        self._work.set()

    def _beat(self) -> None:
        with httpx.Client(timeout=_TIMEOUT_S, headers={"User-Agent": "Warroom"}) as client:
            while not self._over.wait(self.every_s):
                if self._round.is_set() and self._work.is_set():
                    self._round.clear()
                    self._work.clear()
                    self._ask(client)

    def _ask(self, client: httpx.Client) -> None:
        try:
            answer = client.get(self.url)
        except httpx.HTTPError as error:
            self._heard(type(error).__name__)
        else:
            self._heard("" if answer.is_success else f"it answers {answer.status_code}")

    def _heard(self, trouble: str) -> None:
        """Said when it begins and when it is over, not every time."""
        if trouble and not self._deaf:
            log.warning("WARROOM_HEARTBEAT_URL is not reached, trying again: %s", trouble)
        elif self._deaf and not trouble:
            log.info("WARROOM_HEARTBEAT_URL is reached again")
        self._deaf = bool(trouble)
