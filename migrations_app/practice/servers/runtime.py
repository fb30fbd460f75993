"""HAProxy's runtime API over its UNIX socket, as much of it as keeping weights needs."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from migrations_app.practice.errors import PracticeError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HEADER = "# be_id be_name srv_id srv_name "
UP = "2"  # srv_op_state


def ask(path: Path, command: str, timeout: float = 2.0) -> str:
    """The whole answer to one command. `OSError` while nobody listens."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(timeout)
        connection.connect(str(path))
        connection.sendall(command.encode() + b"\n")
        answer = b""
        while part := connection.recv(65_536):
            answer += part
    return answer.decode()


def servers_state(path: Path) -> str:
    """`show servers state`, checked to be whole: a version line, a header, rows, a blank line."""
    answer = ask(path, "show servers state")
    if not (answer.startswith(f"1\n{HEADER}") and answer.endswith("\n\n")):
        raise PracticeError(f"HAProxy gave no servers' state but {answer.strip()!r}")
    return answer


def worker_pid(path: Path) -> int:
    """The pid of the process that serves now; it changes with every reload."""
    lines = ask(path, "show info").splitlines()
    return int(next(line for line in lines if line.startswith("Pid:")).split()[1])


def weights(state: str) -> dict[str, int]:
    """The current weight of each server by name, from a servers' state."""
    return {row["srv_name"]: int(row["srv_uweight"]) for row in _rows(state)}


def revived(state: str, ports: Mapping[str, int]) -> str:
    """`state` for a fresh start: the same weights, at today's `ports`, everyone believed up.

    HAProxy would otherwise send traffic to the ports of last time, or to nobody at first.
    `ValueError` if the state does not have every one of those servers.
    """
    version, header, *_ = state.splitlines()
    lines = [version, header]
    for row in _rows(state):
        if row["srv_name"] in ports:
            row["srv_port"] = str(ports[row["srv_name"]])
            row["srv_op_state"] = UP
        lines.append(" ".join(row.values()))
    if not ports.keys() <= weights(state).keys():
        raise ValueError("The servers' state is not whole.")
    return "\n".join(lines) + "\n"


def _rows(state: str) -> list[dict[str, str]]:
    """One mapping for each server, by column; `ValueError` if the text is no such state."""
    version, header, *lines = [*state.splitlines(), "", ""]
    if version != "1" or not header.startswith(HEADER):
        raise ValueError("This is no servers' state of version 1.")
    names = header.removeprefix("# ").split()
    return [dict(zip(names, line.split(), strict=True)) for line in lines if line]
