"""Half a minute in which anything may go wrong, and then every law has to hold."""

from __future__ import annotations

import os
import random
import threading
import time
from typing import TYPE_CHECKING

import pytest

from tests.build import phase
from tests.faults.drill import CHECKED, Drill
from tests.faults.nemesis import PHASES, Client, Nemesis
from tests.faults.witness import assert_lawful

if TYPE_CHECKING:
    from tests.faults.house import House

SEEDS = [int(one) for one in os.environ.get("NEMESIS_SEEDS", "1 7 42").split()]
LASTS_S = 40.0


def rolling(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 (to be played again)


def plan(drill: Drill) -> dict[str, object]:
    weights = [5, 25, 50, 100]
    phases = [
        phase(name, weight, **CHECKED, hold="1s") | {"weights": dict.fromkeys(drill.routes, weight)}
        for name, weight in zip(PHASES, weights, strict=True)
    ]
    return {"phases": phases}


@pytest.mark.faults
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happens_every_law_holds(house: House, seed: int) -> None:
    print(f"NEMESIS_SEEDS={seed}")  # noqa: T201 (to play it again)
    dice = rolling(seed)
    drill = Drill(house, {"compare_and_set": bool(seed % 2)}, ("web", "reads"))
    drill.start(**plan(drill))
    nemesis = Nemesis(drill, dice)
    clients = [Client(drill, rolling(seed + n), who) for n, who in enumerate(("ana", "ana", "lee"))]
    threads = [threading.Thread(target=one.run) for one in clients]
    for thread in threads:
        thread.start()
    until = time.monotonic() + LASTS_S
    while time.monotonic() < until or not enough(clients, until):
        nemesis.strike()
        time.sleep(dice.uniform(0.5, 3.0))
    for one in clients:
        one.over.set()
    for thread in threads:
        thread.join()
    nemesis.heal()
    quiet(drill)
    print("\n".join(nemesis.done))  # noqa: T201
    answers = [told for one in clients for told in one.answers]
    assert_lawful(drill, answers)
    assert any(told.seq for told in answers), "nothing was ever acknowledged: no proof of anything"


def enough(clients: list[Client], until: float) -> bool:
    """A busy machine gets more time, or the night would prove nothing."""
    acknowledged = sum(told.seq is not None for one in clients for told in one.answers)
    return acknowledged >= 5 or time.monotonic() > until + 4 * LASTS_S


def quiet(drill: Drill) -> None:
    """Until nothing is under way: then whatever was decided last has to be what is there."""
    drill.wait("held", "frozen", "gate", "rolled_back", "completed")
    drill.until(lambda: not open_flips(drill), "the last flip")
    drill.until(lambda: all_read(drill), "the last read-back")


def open_flips(drill: Drill) -> int:
    rows = drill.house.ask(
        "SELECT count(*) FROM migrations_app_flip f JOIN migrations_app_route r "
        "ON r.id = f.route_id WHERE r.run_id = %s AND f.closed_at IS NULL", drill.run,
    )  # fmt: skip
    return int(rows[0][0])


def all_read(drill: Drill) -> bool:
    room = drill.room()
    return all(
        (one["observed"] == one["desired"] and not one["trouble"]) or one["drift_since"]
        for one in room["routes"]
    )
