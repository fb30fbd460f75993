"""Every way the fake goes wrong, and what it remembers of it."""

from __future__ import annotations

import signal
import subprocess
import sys
from decimal import Decimal
from itertools import count
from time import sleep
from typing import TYPE_CHECKING

import pytest

from migrations_app.domain.errors import (
    ConfigError,
    Conflict,
    Permanent,
    SeamError,
    Transient,
    UnknownOutcome,
)
from migrations_app.drivers.fake.driver import FakeConfig, FakeDriver
from migrations_app.drivers.fake.faults import Faults
from migrations_app.drivers.fake.journal import MemoryJournal
from migrations_app.drivers.fake.lines import Born, Outcome
from migrations_app.drivers.fake.plane import FakePlane, forget, plane

if TYPE_CHECKING:
    from pathlib import Path

names = (f"fake-{number}" for number in count())


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def driver(time: Time) -> FakeDriver:
    return made(time)


def made(time: Time, **keys: object) -> FakeDriver:
    driver = FakeDriver(FakeConfig.model_validate({"name": next(names), **keys}))
    driver.plane = FakePlane(MemoryJournal(), driver.plane.born, time, time.sleep)
    return driver


def weight(driver: FakeDriver) -> Decimal:
    return driver.observe().weight


@pytest.mark.parametrize(
    ("faults", "error", "outcome"),
    [
        (Faults(refuse=True), Permanent, Outcome.REFUSED),
        (Faults(transient=True), Transient, Outcome.TRANSIENT),
        (Faults(conflict=True), Conflict, Outcome.CONFLICT),
    ],
)
def test_a_refused_write_changes_nothing_and_is_remembered(
    driver: FakeDriver, faults: Faults, error: type[SeamError], outcome: Outcome
) -> None:
    driver.plane.inject(faults)
    with pytest.raises(error):
        driver.apply(Decimal(25), None)
    assert weight(driver) == 0
    assert [(w.weight, w.outcome) for w in driver.plane.writes()] == [(Decimal(25), outcome)]


def test_a_lost_answer_comes_after_the_effect(driver: FakeDriver) -> None:
    driver.plane.inject(Faults(time_out=True))
    with pytest.raises(UnknownOutcome):
        driver.apply(Decimal(25), None)
    assert weight(driver) == 25


def test_an_answer_within_the_timeout_is_late_and_no_more(driver: FakeDriver, time: Time) -> None:
    driver.plane.inject(Faults(slow=1.5))
    driver.apply(Decimal(25), None)
    assert sum(time.slept) == 1.5


def test_an_answer_after_the_timeout_is_unknown(driver: FakeDriver, time: Time) -> None:
    driver.plane.inject(Faults(slow=60))
    with pytest.raises(UnknownOutcome):
        driver.apply(Decimal(25), None)
    assert sum(time.slept) == 2.0, "no longer than the timeout"
    with pytest.raises(Transient):
        driver.observe()


def test_a_late_write_undoes_a_newer_one_where_nothing_compares(time: Time) -> None:
    driver = made(time, compare_and_set=False)
    driver.plane.inject(Faults(late=5, times=1))
    driver.apply(Decimal(25), None)
    assert weight(driver) == 0
    driver.apply(Decimal(10), None)
    assert weight(driver) == 10
    time.sleep(5)
    assert weight(driver) == 25


def test_a_late_write_never_undoes_a_newer_one_where_versions_are_compared(time: Time) -> None:
    driver = made(time, compare_and_set=True)
    driver.plane.inject(Faults(late=5, times=1))
    driver.apply(Decimal(25), None)
    driver.apply(Decimal(10), None)
    time.sleep(5)
    assert weight(driver) == 10


def test_a_write_on_its_way_already_counts_for_tokens(driver: FakeDriver) -> None:
    old = driver.observe().token
    driver.plane.inject(Faults(late=5))
    driver.apply(Decimal(25), old)
    with pytest.raises(Conflict):
        driver.apply(Decimal(50), old)


def test_a_liar_acknowledges_and_does_nothing(driver: FakeDriver) -> None:
    driver.plane.inject(Faults(lying=True))
    driver.apply(Decimal(25), None)
    assert weight(driver) == 0


def test_a_lone_target_moves_half_the_way(driver: FakeDriver) -> None:
    driver.plane.inject(Faults(partial=True))
    driver.apply(Decimal(25), None)
    assert weight(driver) == Decimal("12.5")


def test_one_of_several_targets_moves_and_no_weight_is_confirmed(time: Time) -> None:
    driver = made(time, targets=2)
    driver.plane.inject(Faults(partial=True))
    driver.apply(Decimal(50), None)
    seen = driver.observe()
    assert seen.detail == "green 50 %, 0 %"
    assert seen.weight not in {Decimal(50), Decimal(0), Decimal(25)}


def test_an_outside_hand_moves_it_after_each_write(driver: FakeDriver, time: Time) -> None:
    driver.plane.inject(Faults(drift_to=Decimal(70), drift_after=3))
    driver.apply(Decimal(25), None)
    assert weight(driver) == 25
    time.sleep(3)
    assert weight(driver) == 70
    assert [w.pid is None for w in driver.plane.writes()] == [False, True]


def test_faults_add_up(driver: FakeDriver) -> None:
    driver.plane.inject(Faults(partial=True, time_out=True))
    with pytest.raises(UnknownOutcome):
        driver.apply(Decimal(50), None)
    assert weight(driver) == 25


def test_faults_end_after_so_many_writes_or_when_healed(driver: FakeDriver) -> None:
    driver.plane.inject(Faults(transient=True, times=2))
    for _ in range(2):
        with pytest.raises(Transient):
            driver.apply(Decimal(25), None)
    driver.apply(Decimal(25), None)
    driver.plane.inject(Faults(unreachable=True))
    with pytest.raises(Transient):
        driver.observe()
    driver.plane.heal()
    assert weight(driver) == 25


def test_configured_faults_hold_until_others_are_injected(time: Time) -> None:
    driver = made(time, faults={"refuse": True})
    with pytest.raises(Permanent):
        driver.apply(Decimal(25), None)
    driver.plane.heal()
    driver.apply(Decimal(25), None)


def test_a_stalled_write_meets_whatever_has_happened_meanwhile(time: Time) -> None:
    driver = made(time)
    token = driver.observe().token
    driver.plane.drift(Decimal(70), after=5)
    driver.plane.inject(Faults(stall=10))
    with pytest.raises(Conflict):
        driver.apply(Decimal(25), token)
    assert weight(driver) == 70


def test_who_wrote_what_is_written_down(driver: FakeDriver) -> None:
    driver.apply(Decimal(25), "0", epoch=7)
    (write,) = driver.plane.writes()
    assert (write.weight, write.token, write.epoch, write.at) == (Decimal(25), "0", 7, 1_000.0)


def test_a_plane_is_shared_by_its_name() -> None:
    one, other = (FakeDriver(FakeConfig(name="shared")) for _ in range(2))
    one.apply(Decimal(25), None)
    assert other.observe().weight == 25
    forget()
    assert FakeDriver(FakeConfig(name="shared")).observe().weight == 0


def test_two_ideas_of_one_plane_are_refused() -> None:
    name = next(names)
    plane(name, Born(initial=Decimal(0), targets=1))
    with pytest.raises(ConfigError, match="1 targets at 0 %"):
        plane(name, Born(initial=Decimal(0), targets=2))


WRITER = """
import sys
from decimal import Decimal
from pathlib import Path
from migrations_app.drivers.fake.driver import FakeConfig, FakeDriver
driver = FakeDriver(FakeConfig(name="other", path=Path(sys.argv[1]), timeout=30))
print("ready", flush=True)
driver.apply(Decimal(25), None)
print("done", flush=True)
"""


def writer(path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
    )


def test_a_file_is_the_plane_of_every_process(tmp_path: Path) -> None:
    driver = FakeDriver(FakeConfig(name="here", path=tmp_path / "plane"))
    with writer(tmp_path / "plane") as process:
        assert process.stdout is not None
        assert process.stdout.read() == "ready\ndone\n"
    assert weight(driver) == 25
    (write,) = driver.plane.writes()
    assert write.pid == process.pid


def test_a_write_outlives_its_killed_writer(tmp_path: Path) -> None:
    """Killed between the effect and the answer: the truth is that it happened."""
    driver = FakeDriver(FakeConfig(name="here", path=tmp_path / "plane"))
    driver.plane.inject(Faults(slow=20))
    with writer(tmp_path / "plane") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        while not driver.plane.writes() and process.poll() is None:
            sleep(0.01)
        process.send_signal(signal.SIGKILL)
    driver.plane.heal()
    assert weight(driver) == 25


def test_half_a_line_is_no_line(tmp_path: Path) -> None:
    path = tmp_path / "plane"
    driver = FakeDriver(FakeConfig(name="here", path=path))
    driver.apply(Decimal(25), None)
    with path.open("a") as file:
        file.write('{"entry": "write", "wei')
    assert weight(driver) == 25
    driver.apply(Decimal(50), None)
    assert weight(driver) == 50


@pytest.mark.parametrize(
    "keys",
    [{}, {"name": "a b"}, {"name": "x", "faults": {"slo": 1}}, {"name": "x", "initial": 101}],
)
def test_a_wrong_configuration_is_refused(keys: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        FakeConfig.model_validate(keys)
