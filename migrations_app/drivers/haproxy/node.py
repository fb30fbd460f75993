"""One HAProxy process: read the balance of one backend, set it without a dark moment.

Raise before lower: at no instant may every server have weight 0, or clients get 503. One command
per connection, each answer looked at before the next is sent (see `haproxy_wire`).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.domain.errors import Permanent, SeamError, Transient, UnknownOutcome
from migrations_app.drivers.haproxy.state import balance, parse_servers, parse_stat, under_way
from migrations_app.drivers.haproxy.wire import ask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrations_app.drivers.haproxy.state import Balance
    from migrations_app.drivers.haproxy.weights import Split
    from migrations_app.drivers.haproxy.wire import Address
    from migrations_app.wire.deadline import Deadline

FULL = 100  # what a BLUE server gets when nothing else is left
STATIC = "static LB algorithm"
REFUSALS = {
    STATIC: (
        "its balance algorithm is static: it takes no weight but 0 and the one in the "
        "configuration file. Use `balance roundrobin`, or add `hash-type consistent`."
    ),
    "Permission denied": (
        "the runtime socket may only be read. Add `level admin` to its `stats socket` line."
    ),
}


@dataclass(frozen=True, slots=True)
class Write:
    """One server's weight to be: `was` is None when it could not be read."""

    server: str
    weight: int
    was: int | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """The runtime API of one process, and which servers of `backend` are BLUE and GREEN there."""

    address: Address
    backend: str
    blues: tuple[str, ...]
    greens: tuple[str, ...]

    @property
    def read_command(self) -> str:
        return f"show servers state {self.backend}"

    def write_command(self, write: Write) -> str:
        return f"set server {self.backend}/{write.server} weight {write.weight}"

    def question(self, line: str, deadline: Deadline) -> str:
        """The answer to a command that changes nothing: `Transient` if there is none."""
        try:
            return ask(self.address, line, deadline)
        except UnknownOutcome as error:
            raise Transient(str(error)) from error

    def read(self, deadline: Deadline) -> Balance:
        """Both sides as HAProxy has them now. `Permanent` if backend or servers aren't there."""
        answer = self.question(self.read_command, deadline)
        try:
            return balance(parse_servers(answer), self.blues, self.greens)
        except Permanent as error:
            raise self._told(error) from error

    def left(self, now: Balance, deadline: Deadline) -> int | None:
        """What is still in progress on the side that gets nothing new; None while both do, and
        where it can't be told: that never spoils a reading."""
        sides = {0: self.greens, 100: self.blues}
        if now.weight is None or int(now.weight) != now.weight or int(now.weight) not in sides:
            return None
        try:
            rows = parse_stat(self.question("show stat", deadline), self.backend)
        except (SeamError, TimeoutError):
            return None
        return under_way(rows, sides[int(now.weight)])

    def apply(self, split: Split, deadline: Deadline) -> None:
        """Set both sides. `UnknownOutcome` as soon as a part of it may have happened."""
        done: list[str] = []
        for write in in_order(self.read(deadline), split):
            try:
                self._set(write, deadline)
            except SeamError as error:
                raise after(done, error) from error
            done.append(f"{self.backend}/{write.server} to {write.weight}")
        self._never_dark(deadline)

    def blind(self, split: Split) -> list[Write]:
        """The writes in an order that is safe from any state: no server has to be read first.

        Going all the way back BLUE comes first, going anywhere else GREEN does, so the side that
        ends above 0 is up before the other can reach 0.
        """
        blues = [Write(name, split.blue) for name in self.blues]
        greens = [Write(name, split.green) for name in self.greens]
        return greens + blues if split.green else blues + greens

    def _set(self, write: Write, deadline: Deadline) -> None:
        answer = ask(self.address, self.write_command(write), deadline).strip()
        if answer:
            told = next((REFUSALS[text] for text in REFUSALS if text in answer), answer[:200])
            raise self._told(f"`{self.write_command(write)}` was refused: {told}")

    def _never_dark(self, deadline: Deadline) -> None:
        """Two writers at once can lower each other's side. Whoever is last puts BLUE back."""
        now = None
        with suppress(Transient, Permanent):
            now = self.read(deadline)
        if now is None or now.weight is not None:
            return
        for name in self.blues:
            self._set(Write(name, FULL), deadline)
        raise UnknownOutcome(
            f"{self.address}: somebody else set weights of backend {self.backend} at the same "
            "time, and every server was left with weight 0. BLUE was raised again at once; "
            "read the weight back and find out who else writes."
        )

    def _told(self, said: object) -> Permanent:
        return Permanent(f"{self.address}, backend {self.backend}: {said}")


def in_order(now: Balance, split: Split) -> list[Write]:
    """Every write, raises first; BLUE before GREEN among the raises, after it among the rest."""
    blues = [(0, Write(server.name, split.blue, server.weight)) for server in now.blues]
    greens = [(1, Write(server.name, split.green, server.weight)) for server in now.greens]

    def rank(move: tuple[int, Write]) -> tuple[bool, int]:
        side, write = move
        lowers = write.was is not None and write.weight < write.was
        return lowers, -side if lowers else side

    return [write for _, write in sorted(blues + greens, key=rank)]


def after(done: Sequence[str], error: SeamError) -> SeamError:
    """The error as it is if nothing was written before it, else `UnknownOutcome`."""
    if not done or isinstance(error, UnknownOutcome):
        return error
    return UnknownOutcome(f"{error} Before that, {', '.join(done)} had been set.")
