from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from migrations_app.practice import ports

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_free_port_can_be_listened_on() -> None:
    port = ports.free_port()

    with socket.socket() as server:
        server.bind((ports.HOST, port))
        server.listen()

        assert not ports.is_free(port)


def test_no_outgoing_connection_is_ever_given_a_free_port() -> None:
    lowest = int(ports.EPHEMERAL.read_text().split()[0])

    assert all(ports.LOWEST <= ports.free_port() < lowest for _ in range(50))


def test_a_taken_port_is_not_given_again() -> None:
    everything_but_one = set(range(ports.LOWEST, 32_768)) - {ports.LOWEST + 7}

    assert ports.free_port(everything_but_one) in {ports.LOWEST + 7, *range(32_768, 65_536)}


def test_where_all_ports_are_for_outgoing_connections_one_is_found_nevertheless(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    everything = tmp_path / "range"
    everything.write_text("1024 65535")
    monkeypatch.setattr(ports, "EPHEMERAL", everything)

    assert ports.is_free(ports.free_port())
