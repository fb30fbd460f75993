"""Route 53's rules for a batch, before an emulator that has none: a DELETE names exactly what is
there, a CREATE what is not, a weight ends at 255, and all of it happens or nothing.

The emulator refuses a CREATE that it has seen before, so what was let pass reaches it as UPSERT.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from tests.fakes.between import Said

if TYPE_CHECKING:
    from tests.fakes.between import Heard

_NS = {"r": "https://route53.amazonaws.com/doc/2013-04-01/"}


def changes(heard: Heard) -> bool:
    return heard.path.rstrip("/").endswith("/rrset") and heard.method == "POST"


def strict(heard: Heard, route53: Any, zone: str) -> Said | None:
    """The refusal, or None to let it pass."""
    if not changes(heard):
        return None
    there = {_seen(one) for one in route53.list_resource_record_sets(HostedZoneId=zone)[_SETS]}
    for change in ET.fromstring(heard.body).iterfind(".//r:Change", _NS):  # noqa: S314 - our own
        action, record = _text(change, "Action"), _parsed(change)
        names = {one[:2] for one in there}
        if action == "DELETE" and record not in there:
            return refusal("the values provided do not match the current values")
        if action == "CREATE" and record[:2] in names:
            return refusal("it already exists")
        if not 0 <= record[2] <= 255:
            return refusal("the weight is out of range")
        there = {one for one in there if one[:2] != record[:2]}
        there |= {record} if action != "DELETE" else set()
    return None


def rewritten(heard: Heard) -> Heard:
    """A replacement, as the emulator can do it."""
    if not changes(heard):
        return heard
    ET.register_namespace("", _NS["r"])
    batch = ET.fromstring(heard.body)  # noqa: S314 - our own
    (list_,) = batch.iterfind(".//r:Changes", _NS)
    made = {_parsed(one)[:2] for one in list_ if _text(one, "Action") == "CREATE"}
    for change in list(list_):
        (action,) = change.iterfind("r:Action", _NS)
        if action.text == "DELETE" and _parsed(change)[:2] in made:
            list_.remove(change)
        elif action.text == "CREATE":
            action.text = "UPSERT"
    return replace(heard, body=ET.tostring(batch))


def refusal(words: str, code: str = "InvalidChangeBatch", status: int = 400) -> Said:
    told = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{words}</Message></Error>"
    body = f'<ErrorResponse xmlns="{_NS["r"]}">{told}<RequestId>1</RequestId></ErrorResponse>'
    return Said(status, body.encode())


_SETS = "ResourceRecordSets"
Seen = tuple[str, str, int, int, tuple[str, ...]]


def _seen(one: Any) -> Seen:
    values = tuple(value["Value"] for value in one.get("ResourceRecords", ()))
    return (
        one["Name"],
        one.get("SetIdentifier", ""),
        one.get("Weight", 0),
        one.get("TTL", 0),
        values,
    )


def _parsed(change: ET.Element) -> Seen:
    values = tuple(node.text or "" for node in change.iterfind(".//r:Value", _NS))
    return (
        _text(change, "Name"),
        _text(change, "SetIdentifier"),
        int(_text(change, "Weight")),
        int(_text(change, "TTL") or 0),
        values,
    )


def _text(node: ET.Element, name: str) -> str:
    return node.findtext(f".//r:{name}", "", _NS)
