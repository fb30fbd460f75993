"""What is asked about a zone, as it is written: `agree(www.orders.example, A, 192.0.2.7)`. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

try:
    import dns.exception
    import dns.name
    import dns.rdata
    import dns.rdataclass
    import dns.rdatatype
except ImportError:  # the extra `dns` is not installed: the source says so
    INSTALLED = False
else:
    INSTALLED = True

from migrations_app.sources.asked import parsed
from migrations_app.sources.value import NoValue, unfit

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMS: Final = {
    "agree": "agree(name, TYPE, value | value)",
    "distinct": "distinct(name, TYPE)",
    "ttl": "ttl(name, TYPE)",
    "serial_spread": "serial_spread",
}
_NEEDED: Final = {"agree": 3, "distinct": 2, "ttl": 2, "serial_spread": 0}
_TYPES: Final = frozenset({"A", "AAAA", "CNAME", "MX", "NS", "TXT", "SRV", "CAA", "HTTPS", "SVCB"})


@dataclass(frozen=True, slots=True)
class Record:
    """What each server is asked for."""

    name: dns.name.Name
    type: dns.rdatatype.RdataType


@dataclass(frozen=True, slots=True)
class Question:
    """`expected`: what every server ought to answer, if `how` is agree."""

    how: str
    record: Record
    expected: frozenset[dns.rdata.Rdata] = frozenset()


def question(text: str, zone: dns.name.Name) -> Question | NoValue:
    """What `text` asks, or what is wrong with it."""
    asked = parsed(text, _NEEDED)
    if isinstance(asked, NoValue):
        return asked
    if len(asked.args) != _NEEDED[asked.name] or not all(asked.args):
        return unfit(f"write it as {FORMS[asked.name]}")
    if asked.name == "serial_spread":
        return Question(asked.name, Record(zone, dns.rdatatype.SOA))
    record = _record(asked.args, zone)
    if isinstance(record, NoValue) or asked.name != "agree":
        return record if isinstance(record, NoValue) else Question(asked.name, record)
    return _agree(record, asked.args[2])


def _record(args: Sequence[str], zone: dns.name.Name) -> Record | NoValue:
    try:
        name = dns.name.from_text(args[0])
    except (dns.exception.DNSException, UnicodeError):
        return unfit("this is not a name in DNS")
    if not name.is_subdomain(zone):
        return unfit(f"this name is not in the zone {zone}")
    if args[1].upper() not in _TYPES:
        return unfit(f"the type is one of {', '.join(sorted(_TYPES))}")
    return Record(name, dns.rdatatype.from_text(args[1]))


def _agree(record: Record, values: str) -> Question | NoValue:
    try:
        expected = frozenset(
            dns.rdata.from_text(
                dns.rdataclass.IN, record.type, value.strip(), dns.name.root, relativize=False
            )
            for value in values.split("|")
        )
    except (dns.exception.DNSException, ValueError):
        return unfit(f"this is no value of type {dns.rdatatype.to_text(record.type)}")
    return Question("agree", record, expected)
