"""What a fake source answers: values as steps in time, and the faults it was told to have.

A script is a function of time, so reads, offsets, histories and backtests agree with one another.
In a file it is shared by processes: written whole and replaced at once, read without a lock.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from enum import StrEnum
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Final, Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

EVERY_QUERY: Final = "*"


class FaultKind(StrEnum):
    """What goes wrong with an answer."""

    SLOW = "slow"  # right, but only after `seconds`
    HANG = "hang"  # never
    NAN = "nan"
    EMPTY = "empty"
    MANY_SERIES = "many_series"
    WARNINGS = "warnings"
    STALE = "stale"  # right, but sampled `seconds` before the moment asked about
    ERROR = "error"
    GARBAGE = "garbage"
    INVALID = "invalid"  # the query itself is refused


class Fault(BaseModel):
    """`seconds` is the delay of `SLOW` and the age of `STALE`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: FaultKind
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0


class Step(BaseModel):
    """The value from `since` on; without `since`, from the beginning of time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: Annotated[float, Field(allow_inf_nan=False)]
    since: AwareDatetime | None = None

    def begun(self, at: datetime) -> bool:
        return self.since is None or self.since <= at


class Script(BaseModel):
    """Both keyed by the text of a query; faults also by `EVERY_QUERY`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    steps: dict[str, list[Step]] = Field(default_factory=dict)
    faults: dict[str, Fault] = Field(default_factory=dict)

    def value(self, text: str, at: datetime) -> float | None:
        """The step written last among those begun by `at`; None where nothing is."""
        begun = [step.value for step in self.steps.get(text, ()) if step.begun(at)]
        return begun[-1] if begun else None

    def fault(self, text: str) -> Fault | None:
        return self.faults.get(text) or self.faults.get(EVERY_QUERY)

    def with_step(self, text: str, step: Step) -> Script:
        return Script(
            steps=self.steps | {text: [*self.steps.get(text, ()), step]}, faults=self.faults
        )

    def with_fault(self, text: str, fault: Fault) -> Script:
        return Script(steps=self.steps, faults=self.faults | {text: fault})

    def healed(self, text: str | None) -> Script:
        """Without the fault of `text`, or without any."""
        left = {key: fault for key, fault in self.faults.items() if text not in {None, key}}
        return Script(steps=self.steps, faults=left)


class Book(Protocol):
    """Where a script is kept."""

    def read(self) -> Script: ...
    def change(self, edit: Callable[[Script], Script]) -> None: ...


class MemoryBook:
    """For threads of one process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._script = Script()

    def read(self) -> Script:
        return self._script

    def change(self, edit: Callable[[Script], Script]) -> None:
        with self._lock:
            self._script = edit(self._script)


class FileBook:
    """For any process that knows the path. No file yet is an empty script."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Script:
        try:
            return Script.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return Script()

    def change(self, edit: Callable[[Script], Script]) -> None:
        with self._alone():
            draft = self._path.with_name(f"{self._path.name}.{os.getpid()}")
            draft.write_text(edit(self.read()).model_dump_json(), encoding="utf-8")
            draft.replace(self._path)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # The lock lies beside the script, because the script's own file is replaced.
        with self._path.with_name(f"{self._path.name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
