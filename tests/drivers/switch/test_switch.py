"""The switch driver against real applications: plain ASGI and Django, several instances each."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.domain.errors import Conflict, Permanent, Transient
from migrations_app.drivers.switch.client.warroom_switch import Position
from migrations_app.drivers.switch.client.warroom_switch_stores import FileStore, SqlStore
from migrations_app.drivers.switch.config import SwitchConfig
from migrations_app.drivers.switch.driver import SwitchDriver
from tests.drivers.contract import Bench, DriverContract
from tests.drivers.flags.bench import FlagBench
from tests.drivers.flags.pages import page_is_true
from tests.fakes.switch_apps import SECRET, Instance, instances

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.switch.client.warroom_switch import Store
    from tests.wire.desk import Hand

NAMES = ["web-1", "web-2", "worker-1"]
WORDS = {"switch": "dual_write", "at_blue": "both", "at_green": "off"}
SHELL = {"WARROOM_SWITCH_SECRET": SECRET}
TABLE = "CREATE TABLE warroom_switch (name varchar(200) PRIMARY KEY, text varchar(4000) NOT NULL)"


def driver(**keys: object) -> SwitchDriver:
    keys = {"signing_secret": SECRET, "switch": "read_path", "instances": len(NAMES), **keys}
    return SwitchDriver(SwitchConfig.model_validate(keys))


@dataclass
class App:
    """Instances of an application, and a hand on their store."""

    url: str
    running: list[Instance]
    store: Store
    switch: str = "read_path"

    def position(self) -> Position:
        text = self.store.load(f"switch/{self.switch}").get(f"switch/{self.switch}")
        return Position.of(text) if text else Position(0)

    def truth(self) -> Decimal:
        value = self.position().value
        return Decimal({"both": "0", "off": "100"}.get(str(value), str(value)))

    def move(self, weight: Decimal) -> None:
        value = int(weight) if self.switch == "read_path" else ("both", "off")[weight == 100]
        self.say(value)

    def say(self, value: str | int) -> None:
        """An outside hand, until every instance has followed it."""
        now = self.position()
        version = now.version + 1
        self.store.put(f"switch/{self.switch}", replace(now, value=value, version=version).text())
        until = time.monotonic() + 30
        while not all(beat["version"] == version for beat in self.beats()):
            assert time.monotonic() < until
            time.sleep(0.01)

    def beats(self) -> list[dict[str, Any]]:
        beats = map(json.loads, self.store.load("beat/").values())
        return [beat["switches"][self.switch] for beat in beats]

    def writes(self) -> object:
        return self.position()


@pytest.fixture(scope="module")
def asgi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    home = tmp_path_factory.mktemp("asgi") / "switches"
    with instances("switch_asgi", home, NAMES) as running:
        yield App(f"{running[0].url}/switches", running, FileStore(home))


@pytest.fixture(scope="module")
def django(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    file = tmp_path_factory.mktemp("django") / "switches.sqlite"
    database = sqlite3.connect(file, isolation_level=None, timeout=30)
    database.execute(TABLE)
    store = SqlStore(lambda: database, mark="?")
    with closing(database), instances("switch_django", file, NAMES) as running:
        yield App(f"{running[0].url}/switches", running, store, "dual_write")


def bench_of(app: App, **keys: object) -> FlagBench:
    return FlagBench(app, driver, SHELL, keys)


class TestPercentOnAsgi(DriverContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls, asgi: App) -> Iterator[Bench]:
        with closing(bench_of(asgi)) as bench:
            yield bench


class TestWordsOnDjango(DriverContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls, django: App) -> Iterator[Bench]:
        with closing(bench_of(django, **WORDS)) as bench:
            yield bench


@pytest.fixture
def bench(asgi: App) -> Iterator[FlagBench]:
    asgi.move(Decimal(0))
    with closing(bench_of(asgi)) as bench:
        yield bench


def test_every_instance_acts_on_it(bench: FlagBench, asgi: App) -> None:
    """A customer is on the same side everywhere, and who is in at 25 % is in at 50 %."""
    people = [f"customer-{number}" for number in range(40)]
    bench.driver.apply(Decimal(25), None)
    bench.driver.observe()
    early = {one for one in people if asgi.running[0].side(one) == "green"}
    bench.driver.apply(Decimal(50), None)
    late = [{one for one in people if app.side(one) == "green"} for app in asgi.running]
    assert 0 < len(early) < len(late[0]) < len(people)
    assert early < late[0] == late[1] == late[2]


def test_a_straggler_keeps_the_share_unconfirmed(bench: FlagBench, asgi: App) -> None:
    bench.driver.apply(Decimal(25), None)
    with asgi.running[1].frozen():
        asgi.store.put("switch/read_path", Position(50, asgi.position().version + 1).text())
        seen = bench.driver.observe()
        assert seen.weight not in {Decimal(25), Decimal(50)}
        assert "web-2 (25" in seen.detail
        found = [finding.sentence for finding in bench.driver.check() if not finding.ok]
        assert any("web-2" in sentence for sentence in found)
    until = time.monotonic() + 30
    while bench.driver.observe().weight != 50:
        assert time.monotonic() < until


def test_fewer_instances_than_there_have_to_be(bench: FlagBench, asgi: App) -> None:
    missing = bench.at(asgi.url, instances=4)
    with pytest.raises(Transient, match="3 instances report, and at least 4"):
        missing.observe()
    assert not all(finding.ok for finding in missing.check())
    missing.apply(Decimal(0), None)


def test_a_word_that_is_neither_side(django: App) -> None:
    with closing(bench_of(django, **WORDS)) as bench:
        django.say("green_to_blue")
        with pytest.raises(Permanent, match="'green_to_blue', which is not both or off"):
            bench.driver.observe()
        bench.driver.apply(Decimal(0), None)
        assert django.position().value == "both"


@pytest.mark.parametrize(
    ("keys", "error", "word"),
    [
        ({"switch": "nope"}, Permanent, "nothing of that name"),
        ({"at_blue": "purple", "at_green": "off"}, Permanent, "not purple or off"),
        ({"signing_secret": "whsec_" + "QUJD" * 8}, Permanent, "not logged in"),
    ],
)
def test_misunderstandings(
    bench: FlagBench, asgi: App, keys: dict[str, str], error: type[Exception], word: str
) -> None:
    other = bench.at(asgi.url, **keys)
    with pytest.raises(error, match=word):
        other.observe()
    assert not all(finding.ok for finding in other.check())


def test_a_word_the_application_does_not_know_is_refused_there(bench: FlagBench, asgi: App) -> None:
    other = bench.at(asgi.url, switch="dual_write", at_blue="purple", at_green="off")
    with pytest.raises(Permanent, match="takes off, blue_to_green, both, green_to_blue"):
        other.apply(Decimal(0), None)
    assert any("and not purple" in found.sentence for found in other.check())


def test_a_change_sent_twice_happens_once(bench: FlagBench, asgi: App) -> None:
    def echo(hand: Hand) -> None:
        bench.pass_on(hand)
        asgi.move(Decimal(70))
        bench.relay(hand)

    with bench.before(echo) as heard_twice:
        heard_twice.apply(Decimal(10), None)
    assert asgi.truth() == 70


def test_a_liar_is_found_by_reading_back(bench: FlagBench) -> None:
    def liar(hand: Hand) -> None:
        if hand.command == "GET":
            bench.relay(hand)
        else:
            hand.say(200)

    with bench.before(liar) as lied_to:
        lied_to.apply(Decimal(60), None)
        assert lied_to.observe().weight == 0


@pytest.mark.parametrize(("status", "error"), [(429, Transient), (403, Permanent), (412, Conflict)])
def test_refusals(bench: FlagBench, status: int, error: type[Exception]) -> None:
    refusing = bench.before(lambda hand: hand.say(status, b'{"error": "no"}', retry_after="7"))
    with refusing as driver, pytest.raises(error, match="It says: no") as told:
        driver.apply(Decimal(60), None)
    assert getattr(told.value, "retry_after", 7) == 7


@pytest.mark.parametrize("body", [b"[]", b'{"switch": "other"}', b"<html>"])
def test_something_else_answers(bench: FlagBench, body: bytes) -> None:
    with bench.before(lambda hand: hand.say(200, body)) as lost, pytest.raises(Permanent):
        lost.observe()


def test_its_page_is_true() -> None:
    page_is_true(SwitchDriver)
