"""The other end of the contract: what it lets in, what it forgets, and what it says of itself."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.drivers.switch.client.warroom_switch import (
    DUAL_WRITE,
    PERCENT,
    WINDOW,
    Hook,
    Position,
    Switches,
    Value,
    key_of,
    verify,
)
from migrations_app.drivers.switch.client.warroom_switch_stores import FileStore
from migrations_app.drivers.switch.signing import signed
from tests.fakes.switch_apps import SECRET

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal
    from pathlib import Path

NOW = 1_790_000_000
OTHER = "whsec_" + "QUJD" * 8
SWITCHES = {"read_path": PERCENT, "dual_write": DUAL_WRITE}


@pytest.fixture
def switches(tmp_path: Path) -> Switches:
    """One instance that looks only when asked to."""
    one = Switches(FileStore(tmp_path), SWITCHES, name="web-1")
    one.look()
    return one


@pytest.fixture
def hook(switches: Switches) -> Hook:
    return Hook(switches, [SECRET], settle=0, clock=lambda: NOW)


def asked(value: object = 25, version: int | None = None, **changes: object) -> dict[str, object]:
    said = {"switch": "read_path", "value": value, "expected_version": version}
    return {**said, "idempotency_key": "one", "reason": "a test", **changes}


def put(
    hook: Hook, body: object, *, secret: str = SECRET, at: int = NOW, identifier: str = "one",
    headers: Mapping[str, str] | None = None,
) -> tuple[int, dict[str, Any]]:  # fmt: skip
    data = json.dumps(body).encode()
    sent = {**signed(key_of(secret), identifier, at, data), **(headers or {})}
    status, answer = hook.answer("PUT", "read_path", sent, data)
    return status, json.loads(answer)


def test_a_change_and_its_answer(hook: Hook, switches: Switches) -> None:
    status, state = put(hook, asked())
    assert (status, state["value"], state["version"]) == (200, 25, 1)
    assert state["instances"] == [{"name": "web-1", "version": 1, "value": 25}]
    assert switches.value("read_path") == 25


@pytest.mark.parametrize("late", [-WINDOW - 1, WINDOW + 1])
def test_what_was_signed_long_ago_is_refused(hook: Hook, switches: Switches, late: float) -> None:
    assert put(hook, asked(), at=NOW + int(late))[0] == 401
    assert switches.position("read_path")[0].version == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,ÿ"},
        {"webhook-id": "two"},
        {"webhook-id": ""},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": str(NOW + 1)},
        {"webhook-timestamp": "9" * 400},
    ],
)
def test_what_is_not_signed_so_is_refused(
    hook: Hook, switches: Switches, headers: dict[str, str]
) -> None:
    assert put(hook, asked(), headers=headers)[0] == 401
    assert switches.position("read_path")[0].version == 0


def test_a_stranger_and_a_rotation(switches: Switches) -> None:
    both = Hook(switches, [OTHER, SECRET], clock=lambda: NOW)
    assert put(both, asked())[0] == 200
    assert put(both, asked(), secret=OTHER)[0] == 200
    assert put(Hook(switches, [OTHER], clock=lambda: NOW), asked())[0] == 401


def test_a_captured_request_does_nothing_when_sent_again(hook: Hook) -> None:
    put(hook, asked(25))
    put(hook, asked(70, idempotency_key="two"), identifier="two")
    status, state = put(hook, asked(25))
    assert (status, state["value"]) == (200, 70)


def test_an_old_version_is_refused(hook: Hook) -> None:
    put(hook, asked(25))
    status, answer = put(hook, asked(50, 0, idempotency_key="two"), identifier="two")
    assert (status, answer["error"]) == (409, "it is at version 1 (25) by now")
    assert put(hook, asked(50, 1, idempotency_key="two"), identifier="two")[0] == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ([], 400),
        ({}, 400),
        (asked(switch="dual_write"), 400),
        (asked(idempotency_key="two"), 400),
        (asked(101), 422),
        (asked(-1), 422),
        (asked(True), 422),
        (asked("off"), 422),
        (asked(None), 422),
        (asked(float("nan")), 422),
    ],
)
def test_what_makes_no_sense_is_refused(
    hook: Hook, switches: Switches, body: object, status: int
) -> None:
    assert put(hook, body)[0] == status
    assert switches.position("read_path")[0].version == 0


def test_other_switches_and_other_methods(hook: Hook) -> None:
    headers = signed(key_of(SECRET), "one", NOW, b"")
    assert hook.answer("GET", "nope", headers, b"")[0] == 404
    assert hook.answer("POST", "read_path", headers, b"")[0] == 405
    assert hook.answer("GET", "read_path", headers, b"")[0] == 200


def test_of_many_at_once_with_one_version_one_wins(hook: Hook) -> None:
    def attempt(number: int) -> int:
        key = f"key-{number}"
        return put(hook, asked(number, 0, idempotency_key=key), identifier=key)[0]

    with ThreadPoolExecutor(8) as pool:
        told = sorted(pool.map(attempt, range(24)))
    assert told == [200] + [409] * 23


@given(
    percents=st.tuples(*[st.decimals(0, 100, places=2)] * 2),
    people=st.lists(st.text(max_size=20), max_size=20),
)
def test_who_is_in_stays_in(percents: tuple[Decimal, Decimal], people: list[str]) -> None:
    few, many = (float(percent) for percent in sorted(percents))
    early, late, everybody = at(few), at(many), at(100)
    for one in people:
        assert early.goes_green("read_path", one) <= late.goes_green("read_path", one)
        assert everybody.goes_green("read_path", one)


def at(percent: float) -> Switches:
    """An instance whose store stands there."""
    text = Position(percent, 1).text()
    one = Switches(Memory({"switch/read_path": text}), SWITCHES)
    one.look()
    return one


@dataclass
class Memory:
    """A store for one instance."""

    kept: dict[str, str]

    def load(self, prefix: str) -> dict[str, str]:
        return {key: text for key, text in self.kept.items() if key.startswith(prefix)}

    def put(self, key: str, value: str | None) -> None:
        self.kept[key] = value or ""

    def swap(self, key: str, old: str | None, new: str) -> bool:
        same = self.kept.get(key) == old
        self.kept[key] = new if same else self.kept[key]
        return same


def test_an_instance_that_can_not_follow_keeps_the_old_value(tmp_path: Path) -> None:
    def broken(name: str, value: Value) -> None:
        raise OSError("GREEN is not reachable from here")

    store = FileStore(tmp_path)
    weak = Switches(store, SWITCHES, name="weak", applied=broken)
    weak.look()
    strong = Switches(store, SWITCHES, name="strong")
    _, state = put(Hook(strong, [SECRET], settle=0, clock=lambda: NOW), asked())
    weak.look()
    assert weak.value("read_path") == 0
    assert (state["instances_applied"], state["instances_total"]) == (1, 2)


def test_whoever_says_goodbye_is_not_waited_for(switches: Switches, tmp_path: Path) -> None:
    other = Switches(FileStore(tmp_path), SWITCHES, name="web-2")
    other.start()
    assert switches.state("read_path")["instances_total"] == 2
    other.stop()
    assert switches.state("read_path")["instances_total"] == 1


def test_whoever_is_silent_for_long_is_gone(tmp_path: Path) -> None:
    impatient = Switches(FileStore(tmp_path), SWITCHES, name="web-1", ttl=0.0)
    impatient.look()
    assert impatient.state("read_path")["instances_total"] == 0
    assert not impatient.fresh


def test_before_anybody_moved_it_everything_is_at_its_first_value(switches: Switches) -> None:
    assert (switches.value("read_path"), switches.value("dual_write")) == (0, "off")
    assert not any(switches.goes_green("read_path", str(number)) for number in range(100))


def test_a_long_body_is_not_even_looked_at(hook: Hook) -> None:
    assert put(hook, asked(reason="x" * 20_000))[0] == 413


def test_it_signs_as_standard_webhooks_does() -> None:
    """Their own published example."""
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    identifier, at, body = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    headers = signed(key, identifier, at, body)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    verify([key], headers, body, at)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_AAAA", "AAAA" * 10, "whsec_!" + "A" * 43])
def test_a_weak_secret_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match="whsec_"):
        key_of(secret)
