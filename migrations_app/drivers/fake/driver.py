"""A driver without a load balancer: for rehearsals, tests, and every way things go wrong."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import BaseModel, Field

from migrations_app.domain.errors import Conflict, Permanent, SeamError, Transient, UnknownOutcome
from migrations_app.domain.finding import Finding
from migrations_app.domain.plan.base import Strict
from migrations_app.drivers.base import Capabilities, Observed
from migrations_app.drivers.fake.faults import WELL, Faults, Weight
from migrations_app.drivers.fake.lines import Born, Outcome, Write
from migrations_app.drivers.fake.plane import Asked, plane
from migrations_app.drivers.share import malformed, plain

if TYPE_CHECKING:
    from migrations_app.drivers.fake.plane import FakePlane


class FakeConfig(Strict):
    """`name` is shared by every driver in the process; `path` by every process that names the file.

    `compare_and_set`: the plane has tokens and refuses a write based on an old one. `binary`: only
    0 and 100. `timeout` in seconds, `lag` too: by how much its clients follow late. `faults` are
    this driver's, until some are injected.
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
    path: Path | None = None
    initial: Weight = Decimal(0)
    targets: Annotated[int, Field(ge=1, le=32)] = 1
    compare_and_set: bool = True
    binary: bool = False
    timeout: Annotated[float, Field(gt=0, le=30)] = 2.0
    lag: Annotated[float, Field(ge=0, le=86_400)] = 0.0
    moves: Literal["share", "mirror"] = "share"
    faults: Faults = WELL


class FakeDriver:
    """A route through a `FakePlane`. `plane` is the handle on it: truth, faults, outside hands."""

    kind: ClassVar[str] = "fake"
    Config: ClassVar[type[BaseModel]] = FakeConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        compare_and_set=True, mirror=True, in_flight=True, finest_step="0.01"
    )
    verify_deadline: ClassVar[float] = 2.0
    read_interval: ClassVar[float] = 1.0
    tried: ClassVar[str] = "nothing but itself"

    def __init__(self, config: FakeConfig) -> None:
        self._config = config
        born = Born(initial=config.initial, targets=config.targets)
        self.plane: FakePlane = plane(config.name, born, config.path)

    @property
    def lag(self) -> float:
        return self._config.lag

    def cannot(self, weight: Decimal) -> str | None:
        """Why not, for numbers that are no weights and, in binary mode, all but 0 and 100."""
        if self._config.binary and weight not in {Decimal(0), Decimal(100)}:
            return f"This plane knows only 0 % and 100 %, not {weight} %."
        return malformed(weight)

    def observe(self) -> Observed:
        """What the plane does now; `Transient` when it is unreachable or too slow."""
        faults = self.plane.faults(self._config.faults)
        if faults.unreachable:
            raise Transient(f"{self._name} can't be reached. End the fault `unreachable`.")
        if not self._answered_within(faults.slow):
            raise Transient(f"{self._name} did not answer within {self._config.timeout:g} s.")
        state = self.plane.state()
        told = ", ".join(f"{plain(weight)} %" for weight in state.targets)
        token = str(state.version) if self._config.compare_and_set else None
        left = faults.lingering if state.weight in {Decimal(0), Decimal(100)} else None
        return Observed(state.weight, token, f"green {told}", left)

    def apply(self, weight: Decimal, token: str | None, epoch: int | None = None) -> None:
        """Set every target. `epoch` is only written down, for tests that ask who wrote what."""
        if why := self.cannot(weight):
            raise Permanent(why)
        faults = self.plane.faults(self._config.faults)
        self.plane.sleep(faults.stall)
        ordered = self._config.compare_and_set
        expected = token if ordered else None
        outcome = self.plane.write(Asked(weight, faults, ordered, expected, token, epoch))
        if error := self._error(outcome):
            raise error
        if not self._answered_within(faults.slow) or faults.time_out:
            raise UnknownOutcome(
                f"{self._name} took {plain(weight)} % but did not answer within "
                f"{self._config.timeout:g} s. Read it back."
            )

    def preview(self, weight: Decimal) -> list[str]:
        """One line: from where to where."""
        if why := self.cannot(weight):
            raise Permanent(why)
        now = plain(self.plane.state().weight)
        return [f"{self._name}: GREEN from {now} % to {plain(weight)} %"]

    def manual_commands(self, weight: Decimal) -> list[str]:
        """With a file, the line to add to it and the one that shows it; in memory there is none."""
        if why := self.cannot(weight):
            raise Permanent(why)
        if self._config.path is None:
            return [f"# {self._name} lives in the memory of one process: nothing can be typed."]
        line = Write(weight=weight).model_dump_json(include={"entry", "weight"})
        path = quote(str(self._config.path))
        return [f"echo {quote(line)} >> {path}", f"tail -n 1 {path}"]

    def check(self) -> list[Finding]:
        """Where it stands, and what was told to go wrong with it."""
        try:
            sentence, ok = f"It is at {plain(self.observe().weight)} %", True
        except Transient as error:
            sentence, ok = str(error).rstrip("."), False
        faults = self.plane.faults(self._config.faults)
        return [Finding(ok=ok, what=self._name, sentence=f"{sentence}; faults: {faults}.")]

    def close(self) -> None:
        """Nothing to let go of: the plane outlives its drivers."""

    @property
    def _name(self) -> str:
        return f'fake plane "{self._config.name}"'

    def _answered_within(self, seconds: float) -> bool:
        self.plane.sleep(min(seconds, self._config.timeout))
        return seconds <= self._config.timeout

    def _error(self, outcome: Outcome) -> SeamError | None:
        if outcome is Outcome.REFUSED:
            return Permanent(f"{self._name} refuses, as told by its fault `refuse`.")
        if outcome is Outcome.TRANSIENT:
            return Transient(f"{self._name} is busy, as told by its fault `transient`.")
        if outcome is Outcome.CONFLICT:
            return Conflict(f"{self._name} was moved since it was read. Read it again.")
        return None
