"""The viewers of a bench, in a process of their own, as the bench sees them."""

from __future__ import annotations

import json
import math
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrations_app.practice.supervisor.spawn import launched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Heard:
    """One event at everybody who reads: seconds from its publication to each, in order.

    `first` is when the first had it; `published` when the publisher was done.
    """

    after: tuple[float, ...]
    published: float
    missed: int

    @property
    def first(self) -> float:
        return self.after[0] if self.after else math.nan

    @property
    def last(self) -> float:
        return self.after[-1] if self.after else math.nan


@dataclass
class Crowd:
    """`stall` makes a share of them stop reading; they count no more."""

    process: subprocess.Popen[str]

    def open(self, port: int, requests: Sequence[str]) -> float:
        """Connect everybody; seconds until the last was answered."""
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump(list(requests), file)
            file.flush()
            answer = self._ask(do="open", port=port, requests=file.name)
        assert not answer["failed"], f"{answer['failed']} viewers were not let in"
        return float(answer["took"])

    def hear(self, mark: str, publish: Callable[[str], object]) -> Heard:
        """Publish `mark`, and wait until everybody who reads has it."""
        assert self._ask(do="want", mark=mark)["ready"]
        began = time.perf_counter()
        publish(mark)
        published = time.perf_counter() - began
        answer = self._answer()
        after = tuple(at - began for at in answer["times"])
        return Heard(after, published, answer["missed"] + answer["lost"])

    def stall(self, share: float) -> int:
        """Let this share of them read no more. How many that is."""
        return int(self._ask(do="stall", share=share)["stalled"])

    def cookies(self) -> list[str]:
        """What each of them was given, as it would be sent back."""
        return list(self._ask(do="cookies")["cookies"])

    def _ask(self, **command: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


@contextmanager
def crowd() -> Iterator[Crowd]:
    """Viewers that are gone at the end, and with us."""
    command = launched([sys.executable, "-m", "bench.viewers"], signal.SIGKILL)
    root = Path(__file__).resolve().parent.parent
    with subprocess.Popen(
        command, cwd=root, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        try:
            yield Crowd(process)
        finally:
            process.kill()
