"""Somebody at a shell of the house, who needs to start Python only once.

The test speaks to it in lines of JSON: a word, and what it is about.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

PEOPLE = ("ana", "raj", "lee", "oz")


class Desk:
    """The test's end of it."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.desk"],
            env={**os.environ, **env}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def seed(self) -> dict[str, str]:
        """Lay out the database; a token per person."""
        found: dict[str, str] = self._say("seed")
        return found

    def started(self, plan: Mapping[str, Any]) -> int:
        """A run of `plan`, whose first phase was entered."""
        return int(self._say("started", plan))

    def load(self, plan: Mapping[str, Any]) -> None:
        """Store `plan` as the migration's newest."""
        self._say("load", plan)

    def session(self, name: str) -> str:
        """A browser's session of this person: the cookie's value."""
        return str(self._say("session", name))

    def hint(self, task: str, queue: str, pk: int, times: int) -> None:
        """Deliver the same message to the workers, again and again."""
        self._say("hint", [task, queue, pk, times])

    def verify(self, run: int) -> str:
        """What `manage.py verify` says against it; empty where all is well."""
        return str(self._say("verify", run))

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(30)

    def _say(self, word: str, about: object = None) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps([word, about]) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        assert line, f"the desk died at {word}"
        answer, trouble = json.loads(line)
        assert not trouble, trouble
        return answer


def main() -> None:
    """The desk's end of it."""
    import django

    django.setup()
    from django.db import close_old_connections

    from tests.faults import work

    for line in sys.stdin:
        word, about = json.loads(line)
        close_old_connections()
        try:
            answer = [getattr(work, word)(about), ""]
        except Exception as error:  # noqa: BLE001 (told to the test, whatever it is)
            answer = [None, f"{word}: {type(error).__name__}: {error}"]
        print(json.dumps(answer), flush=True)  # noqa: T201 (that is how it answers)


if __name__ == "__main__":
    main()
