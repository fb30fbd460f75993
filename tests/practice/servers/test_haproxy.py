from __future__ import annotations

import http.client
import os
import signal
from pathlib import Path
from urllib.request import urlopen

import pytest

from migrations_app.practice.errors import PracticeError
from migrations_app.practice.ports import HOST
from migrations_app.practice.servers import runtime
from migrations_app.practice.servers.haproxy import HAProxy, Ports
from migrations_app.practice.servers.saver import StateSaver
from migrations_app.practice.statedir import StateDir
from migrations_app.practice.supervisor import Supervisor
from tests.practice.processes import until


def load_balancer(directory: Path) -> HAProxy:
    state = StateDir(directory)
    ports = Ports(**{name: state.port(name) for name in Ports.__slots__})
    return HAProxy(state.make("haproxy"), directory / "admin.sock", ports)


@pytest.fixture
def haproxy(supervisor: Supervisor, directory: Path) -> HAProxy:
    made = load_balancer(directory)
    supervisor.add(made.child())
    return made


def shift(haproxy: HAProxy, green: int) -> None:
    runtime.ask(haproxy.socket, f"set weight orders/green {green}")


def test_all_traffic_goes_to_blue_at_first(haproxy: HAProxy) -> None:
    assert haproxy.weights() == {"blue": 100, "green": 0}


def test_a_reload_keeps_weights_and_pid(haproxy: HAProxy, supervisor: Supervisor) -> None:
    master, worker = supervisor.pids()["haproxy"], runtime.worker_pid(haproxy.socket)
    shift(haproxy, 25)

    haproxy.reload(master)

    assert haproxy.weights() == {"blue": 100, "green": 25}
    assert runtime.worker_pid(haproxy.socket) != worker
    assert supervisor.pids()["haproxy"] == master


def test_a_reload_of_a_broken_configuration_is_reported(
    haproxy: HAProxy, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    (haproxy.directory / "haproxy.cfg").write_text("nonsense\n")
    monkeypatch.setattr("migrations_app.practice.servers.haproxy.RELOAD_SECONDS", 0.1)

    with pytest.raises(PracticeError, match="did not reload"):
        haproxy.reload(supervisor.pids()["haproxy"])


@pytest.mark.parametrize("victim", ["master", "worker"])
def test_killed_it_comes_back_with_the_weights_it_had(
    victim: str, haproxy: HAProxy, supervisor: Supervisor
) -> None:
    pids = {"master": supervisor.pids()["haproxy"], "worker": runtime.worker_pid(haproxy.socket)}
    shift(haproxy, 25)
    haproxy.save_state()

    os.kill(pids[victim], signal.SIGKILL)
    supervisor.wait_ready("haproxy", 2)

    assert haproxy.weights() == {"blue": 100, "green": 25}


def test_a_second_start_has_the_weights_of_the_first_and_todays_ports(directory: Path) -> None:
    first = load_balancer(directory)
    with Supervisor(directory) as supervisor:
        supervisor.add(first.child())
        shift(first, 40)
        first.save_state()
    (directory / "ports.json").unlink()

    second = load_balancer(directory)
    with Supervisor(directory) as supervisor:
        supervisor.add(second.child())
        state = runtime.servers_state(second.socket)

    assert second.ports != first.ports
    assert runtime.weights(state) == {"blue": 100, "green": 40}
    assert f" {second.ports.green} " in state
    assert f" {first.ports.green} " not in state


@pytest.mark.parametrize("left", ["", "1\n", "1\n# be_id be_name\n3 orders 1 blue\n", "nonsense"])
def test_a_state_that_a_power_cut_left_in_pieces_is_forgotten(left: str, directory: Path) -> None:
    made = load_balancer(directory)
    made.state.write_text(left)

    with Supervisor(directory) as supervisor:
        supervisor.add(made.child())

        assert made.weights() == {"blue": 100, "green": 0}


def test_the_saver_saves_what_changes_and_once_more_at_the_end(haproxy: HAProxy) -> None:
    saver = StateSaver(haproxy.save_state, interval=0.02)
    shift(haproxy, 10)
    until(
        lambda: haproxy.state.exists() and runtime.weights(haproxy.state.read_text())["green"] == 10
    )
    saver.stop()

    slow = StateSaver(haproxy.save_state, interval=600)
    shift(haproxy, 50)
    slow.stop()

    assert runtime.weights(haproxy.state.read_text())["green"] == 50
    assert [path.name for path in haproxy.directory.glob("servers.state*")] == ["servers.state"]


def test_the_saver_outlives_a_load_balancer_that_is_away() -> None:
    tries: list[str] = []

    def save() -> None:
        tries.append("tried")
        runtime.ask(Path("/nonexistent"), "show servers state")

    saver = StateSaver(save, interval=0.01)
    until(lambda: len(tries) > 2)
    saver.stop()


def test_customers_reach_orders_and_nothing_else(haproxy: HAProxy) -> None:
    def status(path: str) -> int:
        connection = http.client.HTTPConnection(HOST, haproxy.ports.front, timeout=10)
        connection.request("GET", path)
        answer = connection.getresponse().status
        connection.close()
        return answer

    until(lambda: status("/orders") == 503)  # nobody is there: both sides are found to be down
    assert {path: status(path) for path in ("/sickness", "/metrics", "/changes", "/ordersx")} == {
        "/sickness": 404,
        "/metrics": 404,
        "/changes": 404,
        "/ordersx": 404,
    }


def test_it_exports_its_own_metrics(haproxy: HAProxy) -> None:
    with urlopen(f"http://{HOST}:{haproxy.ports.metrics}/metrics", timeout=10) as page:
        assert 'haproxy_server_weight{proxy="orders",server="blue"} 100' in page.read().decode()
