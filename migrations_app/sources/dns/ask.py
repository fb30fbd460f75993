"""Ask one name server one thing, and find the servers of a zone."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

with suppress(ImportError):  # the extra `dns` is not installed: the source says so
    import dns.exception
    import dns.flags
    import dns.message
    import dns.name
    import dns.query
    import dns.rcode
    import dns.rdata
    import dns.rdatatype
    import dns.resolver

from migrations_app.domain.reading import Outcome
from migrations_app.sources.value import Blame, NoValue
from migrations_app.wire.answer import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrations_app.sources.dns.question import Record

    Address = tuple[str, int]

_TRIES: Final = 3  # datagrams get lost
_ANSWERS: Final = frozenset({"NOERROR", "NXDOMAIN"})


@dataclass(frozen=True, slots=True)
class Told:
    """What a server says: its records of that name and type (none where there are none), and the
    longest time for which they may be kept, in seconds."""

    values: frozenset[dns.rdata.Rdata]
    ttl: int


def tell(address: Address, record: Record, seconds: float) -> Told | NoValue:
    """What the server at `address` itself knows. Its word counts only if it is authoritative."""
    message = dns.message.make_query(record.name, record.type)
    message.flags &= ~dns.flags.RD
    host, port = address
    try:
        answer = _sent(message, host, port, seconds)
    except dns.exception.Timeout:
        return NoValue(Outcome.TIMEOUT, f"{host} did not answer in time")
    except (dns.exception.DNSException, OSError, EOFError, ValueError) as error:
        return NoValue(Outcome.ERROR, f"{host}: {clean(str(error)) or type(error).__name__}")
    rcode = dns.rcode.to_text(answer.rcode())
    if rcode not in _ANSWERS:
        return NoValue(Outcome.ERROR, f"{host} answers {rcode}")
    if not answer.flags & dns.flags.AA:
        return NoValue(Outcome.ERROR, f"{host} is not authoritative for this name", Blame.SETUP)
    sets = [one for one in answer.answer if one.rdtype == record.type]
    return Told(
        frozenset(data for one in sets for data in one), max((s.ttl for s in sets), default=0)
    )


def servers_of(
    zone: dns.name.Name, resolvers: Sequence[Address], seconds: float
) -> list[Address] | NoValue:
    """The addresses of a zone's name servers, as its NS records tell; IPv6 where there is no
    IPv4."""
    deadline = time.monotonic() + seconds
    try:
        resolver = _resolver(resolvers)
        names = [one.target for one in resolver.resolve(zone, "NS", lifetime=seconds)]
        found: list[Address] = []
        for name in names:
            left = max(0.1, deadline - time.monotonic())
            found += [(str(host), 53) for host in _addresses(resolver, name, left)]
    except dns.exception.Timeout:
        return NoValue(Outcome.TIMEOUT, f"nobody told in time who serves {zone}")
    except (dns.exception.DNSException, OSError) as error:
        said = f"can't find out who serves {zone}: {clean(str(error))}"
        return NoValue(Outcome.ERROR, said, Blame.SETUP)
    return sorted(set(found)) or NoValue(
        Outcome.ERROR, f"the name servers of {zone} have no address", Blame.SETUP
    )


def _sent(
    message: dns.message.Message, host: str, port: int, seconds: float
) -> dns.message.Message:
    deadline = time.monotonic() + seconds
    for left in range(_TRIES, 0, -1):
        patience = max(0.001, deadline - time.monotonic()) / left
        try:
            answer, _ = dns.query.udp_with_fallback(
                message, host, patience, port, ignore_unexpected=True
            )
        except dns.exception.Timeout:
            if left == 1:
                raise
        else:
            return answer
    raise dns.exception.Timeout


def _resolver(addresses: Sequence[Address]) -> dns.resolver.Resolver:
    resolver = dns.resolver.Resolver(configure=not addresses)
    if addresses:
        resolver.nameservers = [host for host, _ in addresses]
        resolver.nameserver_ports = dict(addresses)
    return resolver


def _addresses(resolver: dns.resolver.Resolver, name: dns.name.Name, seconds: float) -> list[str]:
    for kind in ("A", "AAAA"):
        try:
            answer = resolver.resolve(name, kind, lifetime=seconds)
        except (dns.resolver.NoAnswer, dns.resolver.NXDOMAIN):
            continue
        return [one.address for one in answer]
    return []
