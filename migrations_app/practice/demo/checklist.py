"""What the night prints, and what it holds against the plan."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


class NightFailed(Exception):
    """Something was not as the plan said. The sentence says what."""


@dataclass(slots=True)
class Checklist:
    """Prints each step as it happens. `fail` does not stop the night; the end counts."""

    began: float = field(default_factory=time.monotonic)
    failures: list[str] = field(default_factory=list)

    def step(self, name: str, told: str = "") -> None:
        print(f"{time.monotonic() - self.began:6.1f} s  {name:<22} {told}", flush=True)

    def expect(self, what: str, *, true: bool) -> None:
        if not true:
            self.failures.append(what)
            print(f"{'':10}✘ NOT AS PLANNED: {what}", flush=True)

    def close(self) -> int:
        """The exit code."""
        if not self.failures:
            print("\nEverything was as the plan said.", flush=True)
            return 0
        print(f"\n{len(self.failures)} things were not as the plan said:", flush=True)
        for failure in self.failures:
            print(f"  ✘ {failure}", flush=True)
        return 1
