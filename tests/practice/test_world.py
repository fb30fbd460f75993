"""The world as it runs: real processes, real traffic, real counts."""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from migrations_app.practice.servers import runtime
from migrations_app.practice.stack import Options, Stack, stack
from tests.practice.http import ask, metric
from tests.practice.processes import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.practice.addresses import World

SIDES = ("blue", "green")


@pytest.fixture(scope="module")
def running() -> Iterator[Stack]:
    directory = Path(tempfile.mkdtemp(prefix="warroom-test-"))
    directory.chmod(0o711)
    with stack(directory, Options(durable=False)) as running:
        yield running
    shutil.rmtree(directory)


@pytest.fixture
def world(running: Stack) -> Iterator[World]:
    """The world, healthy and all on BLUE again afterwards."""
    yield running.world
    shift(running.world, 0)
    for url in running.world.sickness_urls.values():
        ask(url, token=running.world.control_token, put={})
    demand(running.world, rate=120, shadow=0.25)


def shift(world: World, green: int) -> None:
    runtime.ask(Path(world.haproxy_socket), f"set weight orders/green {green}")


def demand(world: World, **demanded: float) -> int:
    """Ask for another load; returns how many requests are under way."""
    _, body = ask(f"{world.load_url}/load", token=world.control_token, put=demanded)
    return int(json.loads(body)["under_way"])


def be_ill(world: World, **how: float) -> None:
    status, _ = ask(world.sickness_urls["green"], token=world.control_token, put=how)
    assert status == 200


def compared(world: World) -> Counter[str]:
    return metric(world.metrics_urls["load"], "shadow_compare_total", "result")


def sent(world: World) -> dict[str, Counter[str]]:
    """What the load sent and each side served, once nothing is under way."""
    until(lambda: demand(world, rate=0) == 0)
    load = world.metrics_urls["load"]
    served: dict[str, Counter[str]] = {"live": Counter(), "shadow": Counter()}
    for side in SIDES:
        for traffic, count in metric(
            world.metrics_urls[side], "http_requests_total", "traffic", track=side
        ).items():
            served[traffic][side] = count
    return {
        "sent": metric(load, "load_requests_total", "track"),
        "copied": metric(load, "load_shadow_requests_total", "track"),
        "served": served["live"],
        "served copies": served["shadow"],
    }


def test_the_sides_count_exactly_what_the_load_sent(world: World) -> None:
    before = sent(world)
    shift(world, 100)
    demand(world, rate=200, shadow=0.5)
    until(
        lambda: (
            metric(world.metrics_urls["load"], "load_requests_total").total()
            > before["sent"].total() + 200
        )
    )
    after = sent(world)
    new = {name: after[name] - before[name] for name in after}

    assert new["sent"] == new["served"]
    assert new["copied"] == new["served copies"]
    assert set(new["sent"]) == set(SIDES)


def test_the_weight_is_the_share_that_reaches_green(world: World) -> None:
    before = sent(world)["served"]
    shift(world, 25)  # of 125
    demand(world, rate=250)
    until(lambda: served_by(world).total() > before.total() + 400)
    new = sent(world)["served"] - before

    assert new["green"] / new.total() == pytest.approx(0.2, abs=0.02)


def served_by(world: World) -> Counter[str]:
    pages = (
        metric(world.metrics_urls[s], "http_requests_total", "track", traffic="live") for s in SIDES
    )
    return sum(pages, Counter())


def test_errors_reach_the_customers_of_the_ill_side_only(world: World) -> None:
    def failed() -> Counter[str]:
        return metric(world.metrics_urls["load"], "load_requests_total", "track", outcome="failed")

    def broken(side: str) -> float:
        page = world.metrics_urls[side]
        return metric(page, "http_requests_total", code="500", traffic="live").total()

    before, blue, green = failed(), broken("blue"), broken("green")
    shift(world, 100)

    be_ill(world, errors=0.5)

    until(lambda: (failed() - before)["green"] >= 10)
    until(lambda: broken("green") >= green + 10)
    assert broken("blue") == blue
    assert (failed() - before)["blue"] == 0


def test_checkouts_that_break_are_started_and_not_completed(world: World) -> None:
    def checkouts(which: str) -> float:
        return metric(world.metrics_urls["green"], f"checkout_{which}_total").total()

    be_ill(world, errors=1)
    shift(world, 256)
    before = checkouts("started"), checkouts("completed")

    until(lambda: checkouts("started") >= before[0] + 5)

    assert checkouts("completed") <= before[1] + 1  # one may have been under way


def test_latency_shows_in_the_histogram(world: World) -> None:
    def slow() -> float:
        page, name = world.metrics_urls["green"], "http_request_duration_seconds"
        fast = metric(page, f"{name}_bucket", le="0.15").total()
        return metric(page, f"{name}_count").total() - fast

    before = slow()
    be_ill(world, latency_ms=200)

    until(lambda: slow() >= before + 10)


def test_the_lag_is_measured_and_goes_away(world: World) -> None:
    def lag() -> float:
        return metric(world.metrics_urls["green"], "cdc_lag_seconds").total()

    until(lambda: lag() < 1)
    be_ill(world, lag_s=60)
    until(lambda: lag() > 2)
    be_ill(world, lag_s=0)
    until(lambda: lag() < 1)


def test_mismatches_are_found_by_comparing_whatever_the_weight_is(world: World) -> None:
    until(lambda: compared(world)["match"] > 0)
    for weight in (0, 256):
        shift(world, weight)
        before = compared(world)
        be_ill(world, mismatch=1)
        until(lambda before=before: compared(world)["mismatch"] >= before["mismatch"] + 5)  # type: ignore[misc]  # bound now


def test_orders_placed_on_one_side_are_found_on_the_other(world: World) -> None:
    def orders(side: str) -> list[str]:
        _, body = ask(f"{getattr(world, side + '_url')}/changes?after=0")
        return [change["order"]["id"] for change in json.loads(body)["changes"]]

    shift(world, 100)
    until(lambda: len(orders("blue")) > 20)
    demand(world, rate=0)

    until(lambda: set(orders("blue")) == set(orders("green")))


def test_the_knobs_need_the_token_and_say_what_is_wrong(world: World) -> None:
    for url in (*world.sickness_urls.values(), f"{world.load_url}/load"):
        assert ask(url)[0] == 403
        assert ask(url, token="guessed", put={})[0] == 403
        status, body = ask(url, token=world.control_token, put={"nonsense": 1})
        assert (status, json.loads(body)["error"][:25]) == (400, 'There is no "nonsense"; t')
    assert world.control_token not in repr(world)


def test_prometheus_reads_every_page(running: Stack) -> None:
    def value(query: str) -> dict[str, float]:
        url = f"{running.world.prometheus_url}/api/v1/query?query={quote(query)}"
        found = json.loads(ask(url)[1])["data"]["result"]
        return {"".join(one["metric"].values()): float(one["value"][1]) for one in found}

    jobs = dict.fromkeys(["blue", "green", "load", "haproxy"], 1.0)
    until(lambda: value("sum by (job) (up)") == jobs)
    until(
        lambda: (
            value('sum by (track) (rate(http_requests_total{traffic="live"}[5s]))').get("blue", 0)
            > 20
        )
    )


@pytest.mark.parametrize("name", ["blue", "green", "haproxy", "load", "postgres", "valkey"])
def test_any_killed_process_comes_back_and_customers_are_served_again(
    name: str, running: Stack, world: World
) -> None:
    supervisor = running.supervisor
    shift(world, 30)
    until(lambda: saved_weights(running).get("green") == 30)

    os.kill(supervisor.pids()[name], signal.SIGKILL)
    supervisor.wait_ready(name, supervisor.lives(name) + 1)

    def served() -> Counter[str]:
        return metric(world.metrics_urls["load"], "load_requests_total", "track", outcome="ok")

    before = served()
    until(lambda: set(served() - before) == set(SIDES))
    assert running.haproxy.weights() == {"blue": 100, "green": 30}


def saved_weights(running: Stack) -> dict[str, int]:
    saved = running.haproxy.state
    return runtime.weights(saved.read_text()) if saved.exists() else {}


def test_a_side_that_was_killed_knows_the_orders_again(running: Stack, world: World) -> None:
    def known(side: str) -> int:
        return int(json.loads(ask(f"{getattr(world, side + '_url')}/health")[1])["orders"])

    until(lambda: known("blue") > 20)
    before = known("blue")
    life = running.supervisor.lives("blue") + 1

    os.kill(running.supervisor.pids()["blue"], signal.SIGKILL)
    running.supervisor.wait_ready("blue", life)

    assert known("blue") >= before - 5  # what was under way when it died


@pytest.mark.slow
def test_it_is_modest(running: Stack) -> None:
    memory = running.supervisor.memory()
    parts = ("blue", "green", "load", "haproxy")

    assert sum(memory[name].rss for name in parts) < 200 * 2**20
    started, used = time.monotonic(), cpu(running)
    until(lambda: time.monotonic() - started > 2)
    assert (cpu(running) - used) / (time.monotonic() - started) < 0.5


def cpu(running: Stack) -> float:
    """Seconds of processor time the world's processes have used."""
    ticks = 0
    for name in ("blue", "green", "load"):
        stat = Path(f"/proc/{running.supervisor.pids()[name]}/stat").read_text()
        ticks += sum(int(field) for field in stat.rpartition(")")[2].split()[11:13])
    return ticks / os.sysconf("SC_CLK_TCK")
