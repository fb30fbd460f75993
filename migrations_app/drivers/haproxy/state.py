"""What HAProxy's tables say: servers with their weights and whether they take traffic.

Columns are found by the names in the header line, so that a version which adds some changes
nothing. Source: HAProxy management guide, `show servers state` and `show stat`.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from migrations_app.domain.errors import Permanent
from migrations_app.drivers.share import cents

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from decimal import Decimal

MAINTENANCE = 0x23  # forced, inherited or unresolved; 0x04 only says that the file had `disabled`
DRAINING = 0x18
ENABLED = 0x04  # of a health check or an agent check
STOPPED, STARTING = 0, 1

NO_BACKEND = "Can't find backend"
Rows = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Server:
    """One server line: `weight` now, `initial` weight from the configuration file, its state."""

    name: str
    weight: int
    initial: int
    operation: int
    administration: int
    health_check: int
    agent_check: int

    @property
    def trouble(self) -> str | None:
        """Why it does not take its share now, in a few words; None if it does."""
        if self.administration & MAINTENANCE:
            return "in maintenance"
        if self.administration & DRAINING:
            return "draining"
        return {STOPPED: "DOWN", STARTING: "in slow start"}.get(self.operation)

    @property
    def serves(self) -> bool:
        """Whether balanced requests reach it at its present weight."""
        return self.weight > 0 and self.trouble in {None, "in slow start"}


@dataclass(frozen=True, slots=True)
class Balance:
    """Both sides of a backend on one node, as read, and whoever else stands in that backend."""

    blues: tuple[Server, ...]
    greens: tuple[Server, ...]
    strangers: tuple[Server, ...] = ()

    @property
    def servers(self) -> tuple[Server, ...]:
        return self.blues + self.greens

    @property
    def weight(self) -> Decimal | None:
        """GREEN's share of balanced traffic in percent by the weights; None if all are 0."""
        return share_of(
            sum(server.weight for server in self.blues),
            sum(server.weight for server in self.greens),
        )

    @property
    def serves(self) -> bool:
        return any(server.serves for server in self.servers)

    def __str__(self) -> str:
        blue = sum(server.weight for server in self.blues)
        green = sum(server.weight for server in self.greens)
        told = [f"{server.name} is {server.trouble}" for server in self.servers if server.trouble]
        return "; ".join([f"blue {blue}/{blue + green}, green {green}/{blue + green}", *told])


def share_of(blue: int, green: int) -> Decimal | None:
    """GREEN's share in percent of two sums of weights; None when nothing has a weight."""
    return cents(Fraction(green, blue + green)) if blue + green else None


def parse_servers(answer: str) -> tuple[Server, ...]:
    """The servers of an answer to `show servers state BACKEND`; `Permanent` if it is none."""
    if answer.startswith(NO_BACKEND):
        raise Permanent("there is no such backend. Correct `backend` of the route.")
    lines = answer.splitlines()
    if len(lines) < 2 or not lines[1].startswith("# "):
        raise _unreadable("show servers state", answer)
    columns = lines[1][2:].split()
    rows = (dict(zip(columns, line.split(), strict=False)) for line in lines[2:] if line)
    try:
        return tuple(_server(row) for row in rows)
    except (KeyError, ValueError) as error:
        raise _unreadable("show servers state", answer) from error


def parse_stat(answer: str, backend: str) -> Rows:
    """The rows of one backend in an answer to `show stat`: its servers, then `BACKEND`."""
    if not answer.startswith("# pxname,"):
        raise _unreadable("show stat", answer)
    table = csv.DictReader(answer[2:].splitlines())
    return [row for row in table if row["pxname"] == backend]


def under_way(rows: Rows, names: Collection[str]) -> int | None:
    """Requests in progress on these servers (`scur`), None where it isn't told."""
    told = [row.get("scur", "") for row in rows if row["svname"] in names]
    return sum(map(int, told)) if told and all(one.isdigit() for one in told) else None


def balance(servers: Iterable[Server], blues: Sequence[str], greens: Sequence[str]) -> Balance:
    """Sort servers to their sides; `Permanent` names one that isn't there and those that are."""
    by_name = {server.name: server for server in servers}
    missing = [name for name in (*blues, *greens) if name not in by_name]
    if missing:
        raise Permanent(
            f"it has no server called {' or '.join(missing)}; it has: {', '.join(by_name)}. "
            "Correct `blue` and `green` of the route, or add the server."
        )
    named = {*blues, *greens}
    return Balance(
        tuple(by_name[name] for name in blues),
        tuple(by_name[name] for name in greens),
        tuple(server for name, server in by_name.items() if name not in named),
    )


def _server(row: Mapping[str, str]) -> Server:
    return Server(
        name=row["srv_name"],
        weight=int(row["srv_uweight"]),
        initial=int(row["srv_iweight"]),
        operation=int(row["srv_op_state"]),
        administration=int(row["srv_admin_state"]),
        health_check=int(row["srv_check_state"]),
        agent_check=int(row["srv_agent_state"]),
    )


def _unreadable(command: str, answer: str) -> Permanent:
    return Permanent(
        f"it answers `{command}` with {answer[:60]!r}, as no HAProxy does. "
        "Is this the address of its runtime API (`stats socket`)?"
    )
