"""One question to HAProxy's runtime API: a line out, an answer back, never a doubt left unsaid.

HAProxy answers one line per connection, ends every answer with an empty line, and closes. Several
commands joined with `;` are not used: HAProxy goes on after one it refused, so a refused raise
would be followed by the lowering it was to make safe.
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.domain.errors import Permanent, Transient, UnknownOutcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.wire.deadline import Deadline

LARGEST_ANSWER = 1 << 20  # bytes: some 8,000 servers in one backend
LONGEST_PATH = 107  # bytes of a UNIX socket address on Linux
HOST = re.compile(r"[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]")
# Letters that neither a shell nor socat reads as anything but themselves.
PATH = re.compile(r"/[A-Za-z0-9._/+@-]*[A-Za-z0-9._+@-]")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a runtime API listens: a host and port, or the path of a UNIX socket."""

    host: str = ""
    port: int = 0
    path: str = ""

    def __str__(self) -> str:
        return f"unix://{self.path}" if self.path else f"tcp://{self.host}:{self.port}"

    @property
    def socat(self) -> str:
        """The same for `socat -`."""
        return f"UNIX-CONNECT:{self.path}" if self.path else f"TCP:{self.host}:{self.port}"


def parse_address(text: str) -> Address:
    """`tcp://HOST:PORT` or `unix:///PATH`; `ValueError` with a sentence for anything else."""
    scheme, _, rest = text.partition("://")
    if scheme == "unix" and PATH.fullmatch(rest) and len(rest) <= LONGEST_PATH:
        return Address(path=rest)
    host, _, port = rest.rpartition(":")
    if scheme == "tcp" and HOST.fullmatch(host) and _is_port(port):
        return Address(host=host, port=int(port))
    raise ValueError(
        "the address of HAProxy's runtime API is written tcp://HOST:PORT or unix:///PATH "
        f"(letters, digits and ._/+@- only, a path of at most {LONGEST_PATH})"
    )


def _is_port(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,5}", text) is not None and 0 < int(text) <= 65535


def ask(address: Address, line: str, deadline: Deadline) -> str:
    """Send one command and return the whole answer.

    `Transient` or `Permanent` if nothing was sent; `UnknownOutcome` if it was sent and no whole
    answer came back in time. What the answer means is for the caller to say.
    """
    with _connect(address, deadline) as link:
        try:
            answer = _exchange(link, line, deadline)
        except TimeoutError as error:
            raise UnknownOutcome(
                f"{address} took the connection but did not answer `{line}` within "
                f"{deadline.seconds:g} s. Is HAProxy hung or overloaded?"
            ) from error
        except OSError as error:
            raise UnknownOutcome(f"{address} broke off during `{line}`: {error}.") from error
    if answer != "\n" and not answer.endswith("\n\n"):
        raise UnknownOutcome(f"{address} cut off its answer to `{line}`: {answer[-60:]!r}.")
    return answer


def _exchange(link: socket.socket, line: str, deadline: Deadline) -> str:
    link.sendall(f"{line}\n".encode("ascii"))
    return b"".join(_chunks(link, deadline)).decode(errors="replace")


def _chunks(link: socket.socket, deadline: Deadline) -> Iterator[bytes]:
    size = 0
    while chunk := _receive(link, deadline):
        size += len(chunk)
        if size > LARGEST_ANSWER:
            raise OSError(f"more than {LARGEST_ANSWER} bytes came back, as no HAProxy sends")
        yield chunk


def _receive(link: socket.socket, deadline: Deadline) -> bytes:
    link.settimeout(deadline.left())
    return link.recv(65536)


def _connect(address: Address, deadline: Deadline) -> socket.socket:
    try:
        return _open(address, deadline)
    except PermissionError as error:
        raise Permanent(
            f"Warroom's user may not open {address}. Give the socket a group that it is in "
            "(`stats socket … mode 660 group …`)."
        ) from error
    except TimeoutError as error:
        raise Transient(
            f"{address} could not be reached within {deadline.seconds:g} s. "
            "Is the host up, and does the network let Warroom through?"
        ) from error
    except OSError as error:
        raise Transient(
            f"Nobody listens at {address} ({error.strerror or error}). "
            "Is HAProxy running, and is this the address of its `stats socket`?"
        ) from error


def _open(address: Address, deadline: Deadline) -> socket.socket:
    """Connect to the first of a name's addresses that answers."""
    refused: OSError = OSError("the name has no address")
    for family, target in _targets(address):
        try:
            return _link(family, target, deadline)
        except OSError as error:
            refused = error
    raise refused


def _targets(address: Address) -> list[tuple[int, str | tuple[str, int]]]:
    if address.path:
        return [(socket.AF_UNIX, address.path)]
    host = address.host.strip("[]")
    found = socket.getaddrinfo(host, address.port, type=socket.SOCK_STREAM)
    return [(family, (str(target[0]), address.port)) for family, *_, target in found]


def _link(family: int, target: str | tuple[str, int], deadline: Deadline) -> socket.socket:
    link = socket.socket(family, socket.SOCK_STREAM)
    try:
        link.settimeout(deadline.left())
        link.connect(target)
        # A process that was paused in between must not send what is no longer wanted.
        link.settimeout(deadline.left())
    except OSError:
        link.close()
        raise
    return link
