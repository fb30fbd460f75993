"""The whole range by its command, from start to end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from redis import Redis

import migrations_app
from migrations_app.practice.addresses import World
from migrations_app.practice.errors import PracticeError
from migrations_app.practice.servers import runtime
from migrations_app.practice.servers.home import NOBODY
from migrations_app.practice.stack import Options, main, stack
from migrations_app.practice.supervisor.memory import family
from migrations_app.practice.world.load import Demand
from tests.practice.http import metric
from tests.practice.processes import all_end, runs, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.practice.supervisor import Account

ROOT = Path(migrations_app.__file__).parent.parent
PACKAGES = Path(psycopg.__file__).parent.parent
OURS = filter(None, [str(ROOT), str(PACKAGES), os.environ.get("PYTHONPATH")])
ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(OURS)}


def command(
    directory: Path, python: str = sys.executable, account: Account | None = None
) -> subprocess.Popen[str]:
    """The range, started by its command in `directory`."""
    return subprocess.Popen(
        [python, "-m", "migrations_app.practice.stack", "--dir", str(directory / "demo")],
        cwd=directory,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def everyone(directory: Path, running: subprocess.Popen[str]) -> set[int]:
    """Every process of the range, once it is up."""
    assert running.stdout is not None
    for line in running.stdout:
        if line.startswith("Ctrl-C"):
            break
    names = json.loads((directory / "demo" / "processes.json").read_text())["children"]
    assert set(names) == {"postgres", "valkey", "blue", "green", "haproxy", "prometheus", "load"}
    return set(family(running.pid))


def finish(running: subprocess.Popen[str], number: signal.Signals, pids: set[int]) -> int:
    running.send_signal(number)
    _, errors = running.communicate(timeout=60)
    all_end(pids)
    assert errors == ""
    return running.returncode


@pytest.mark.parametrize(
    "number",
    [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)],
    ids=lambda number: number.name,
)
def test_the_command_brings_everything_up_and_leaves_nothing(
    number: signal.Signals, directory: Path
) -> None:
    running = command(directory)
    pids = everyone(directory, running)
    assert len(pids) > 12

    assert finish(running, number, pids) == 0


@pytest.fixture
def usable_by_nobody() -> Iterator[str]:
    """An interpreter like ours that the account nobody can run with our packages."""
    if os.geteuid() != 0:
        pytest.skip("we are an ordinary user already, so every test here proves it")
    probe = "import psycopg, redis, uvicorn, prometheus_client"
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        try:
            asked = subprocess.run(
                [python, "-c", probe], env=ENVIRONMENT, cwd="/", user=NOBODY.uid, check=False
            )
        except OSError:
            continue
        if asked.returncode == 0:
            yield python
            return
    pytest.skip("no interpreter here that an ordinary user could run: not proven on this machine")


def test_an_ordinary_user_can_do_it_too(directory: Path, usable_by_nobody: str) -> None:
    os.chown(directory, NOBODY.uid, NOBODY.gid)
    running = command(directory, usable_by_nobody, NOBODY)
    pids = everyone(directory, running)
    owners = {Path(f"/proc/{pid}").stat().st_uid for pid in pids}

    assert finish(running, signal.SIGINT, pids) == 0
    assert owners == {NOBODY.uid}


def test_from_the_first_request_on_customers_are_served(directory: Path) -> None:
    with stack(directory, Options(durable=False, demand=Demand(rate=400))) as running:
        page = running.world.metrics_urls["load"]
        until(lambda: metric(page, "load_requests_total").total() > 100)

        seen = metric(page, "load_requests_total", "track", "outcome")
    assert {name for name, count in seen.items() if count} == {"blue ok"}


def test_a_second_start_keeps_data_ports_and_weights(directory: Path) -> None:
    fleeting = Options(durable=False)
    with stack(directory, fleeting) as first:
        with psycopg.connect(first.postgres_url) as connection:
            connection.execute("CREATE TABLE kept ()")
        runtime.ask(Path(first.world.haproxy_socket), "set weight orders/green 10")

    with stack(directory, fleeting) as second:
        assert second.world == first.world
        assert (second.postgres_url, second.redis_url) == (first.postgres_url, first.redis_url)
        assert second.haproxy.weights() == {"blue": 100, "green": 10}
        with psycopg.connect(second.postgres_url) as connection:
            connection.execute("SELECT FROM kept")
        with Redis.from_url(second.redis_url) as redis:
            assert redis.ping()
        assert World.read(directory / "world.json") == second.world


@pytest.mark.slow
def test_a_reset_starts_anew(directory: Path) -> None:
    for reset in (False, True):
        with stack(directory, Options(durable=False, reset=reset)) as running:
            assert running.haproxy.weights() == {"blue": 100, "green": 0}
            runtime.ask(Path(running.world.haproxy_socket), "set weight orders/green 10")
            with psycopg.connect(running.postgres_url) as connection:
                connection.execute("CREATE TABLE kept ()")


def test_a_second_one_beside_a_running_one_is_told_so_and_does_no_harm(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stack(directory, Options(durable=False)) as running:
        pids = running.supervisor.pids()

        code = main(["--dir", str(directory), "--reset"])

        assert code == 1
        assert "already runs" in capsys.readouterr().err
        assert running.supervisor.pids() == pids
        assert all(map(runs, pids.values()))


def test_killed_it_leaves_nothing_and_a_start_right_after_waits_for_that(directory: Path) -> None:
    running = command(directory)
    pids = everyone(directory, running)
    running.kill()
    running.communicate()

    with stack(directory / "demo", Options(durable=False)) as second:
        assert not any(map(runs, pids))
        assert len(second.supervisor.pids()) == 7


@pytest.mark.slow
def test_a_long_path_is_no_trouble(directory: Path) -> None:
    deep = directory / ("a-long-name-" * 8) / "demo"

    with stack(deep, Options(durable=False)) as running:
        socket = Path(running.world.haproxy_socket)
        assert len(str(socket)) < 107
        assert running.haproxy.weights() == {"blue": 100, "green": 0}

    until(lambda: not socket.parent.exists())


@pytest.mark.slow
def test_an_interrupt_while_it_starts_leaves_nothing(directory: Path) -> None:
    running = command(directory)
    record = directory / "demo" / "processes.json"
    until(lambda: record.exists() and "postgres" in record.read_text())
    pids = set(family(running.pid))

    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=60)

    all_end(pids)
    assert (running.returncode, errors) == (0, "")


def test_a_world_of_another_version_is_not_misread(tmp_path: Path) -> None:
    (tmp_path / "world.json").write_text('{"frontend": "x"}')

    with pytest.raises(ValueError, match="start the practice range anew"):
        World.read(tmp_path / "world.json")


def test_what_cannot_start_is_explained(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migrations_app.practice.servers.binaries.find_spec", lambda _name: None)

    with (
        pytest.raises(PracticeError, match="Install the dependency group `practice`"),
        stack(directory, Options(durable=False)),
    ):
        pytest.fail("it started without PostgreSQL")
