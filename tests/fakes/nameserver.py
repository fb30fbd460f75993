"""A small authoritative name server, over UDP and TCP."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Zone = dict[tuple[str, str], tuple[int, tuple[str, ...]]]


class NameServer:
    """Answers from `zone`: by name (with its last dot) and type, a TTL and the values.

    `authority`: whether it says so. `rcode` instead of answers, unless it is NOERROR. `cut`: over
    UDP it only says that the answer is too long. `lost` datagrams are not answered.
    """

    def __init__(self, zone: Mapping[tuple[str, str], tuple[int, tuple[str, ...]]]) -> None:
        self.zone: Zone = dict(zone)
        self.authority, self.cut, self.lost, self.rcode = True, False, 0, "NOERROR"
        self._open = threading.Event()
        self._open.set()
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(self._tcp.getsockname())
        targets = (self._datagrams, self._streams)
        self._threads = [threading.Thread(target=one, daemon=True) for one in targets]
        for thread in self._threads:
            thread.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._tcp.getsockname()[1]}"

    @contextmanager
    def silent(self) -> Iterator[None]:
        """What arrives meanwhile is never answered."""
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()

    def close(self) -> None:
        for one in (self._udp, self._tcp):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._udp.close()
        self._tcp.close()

    def _datagrams(self) -> None:
        while True:
            try:
                data, peer = self._udp.recvfrom(4096)
            except OSError:
                return
            if not data:
                return
            if self.lost or not self._open.is_set():
                self.lost = max(0, self.lost - 1)
                continue
            self._udp.sendto(self._answer(data, cut=self.cut), peer)

    def _streams(self) -> None:
        while True:
            try:
                peer, _ = self._tcp.accept()
            except OSError:
                return
            with peer, suppress(OSError):
                (length,) = struct.unpack("!H", peer.recv(2))
                answer = self._answer(peer.recv(length), cut=False)
                peer.sendall(struct.pack("!H", len(answer)) + answer)

    def _answer(self, data: bytes, *, cut: bool) -> bytes:
        query = dns.message.from_wire(data)
        answer = dns.message.make_response(query)
        answer.set_rcode(dns.rcode.from_text(self.rcode))
        if self.authority:
            answer.flags |= dns.flags.AA
        if cut:
            answer.flags |= dns.flags.TC
            return answer.to_wire()
        [asked] = query.question
        found = self.zone.get((str(asked.name).lower(), dns.rdatatype.to_text(asked.rdtype)))
        if found and self.rcode == "NOERROR":
            ttl, values = found
            answer.answer.append(dns.rrset.from_text(asked.name, ttl, "IN", asked.rdtype, *values))
        return answer.to_wire()
