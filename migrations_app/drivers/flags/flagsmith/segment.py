"""A segment whose rules hold one percentage split. Pure.

Flagsmith takes the whole tree of rules back, with the ids it gave.
"""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from migrations_app.domain.errors import Permanent
from migrations_app.domain.finding import Finding
from migrations_app.drivers.digest import digest
from migrations_app.drivers.flags.seen import Call, Seen
from migrations_app.drivers.share import malformed, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.flags.flagsmith.config import FlagsmithConfig

SPLIT = "PERCENTAGE_SPLIT"
KEPT = ("name", "description", "feature", "rules", "metadata")
NOBODY = Decimal(0)


class Segment(BaseModel):
    """Its rules stay as they were read."""

    id: int
    name: str
    rules: list[dict[str, Any]]

    model_config = {"extra": "allow"}


def seen(segment: Segment) -> Seen:
    """`Permanent` when there is no split, or no telling which."""
    conditions = list(_conditions(segment.rules))
    splits = [one for one in conditions if one.get("operator") == SPLIT]
    if len(splits) != 1:
        raise Permanent(
            f'Segment {segment.id} ("{segment.name}") has {len(splits)} percentage splits: it has '
            "to have exactly one."
        )
    share = _share(splits[0].get("value"))
    return Seen(
        written=share,
        weight=share or NOBODY,
        token=digest(segment.rules),
        detail=f"split {splits[0].get('value')} % of segment {segment.id}",
        doubts=() if share is not None else (_unread(segment, splits[0].get("value")),),
        findings=tuple(_findings(segment, conditions)),
        state=segment,
    )


def call(config: FlagsmithConfig, segment: Segment, weight: Decimal) -> Call:
    """Everything as it was, and the split."""
    body = {key: value for key, value in segment.model_dump().items() if key in KEPT}
    body["rules"] = deepcopy(segment.rules)
    for one in _conditions(body["rules"]):
        if one.get("operator") == SPLIT:
            one["value"] = plain(weight)
    return Call("PUT", config.segment_path, body)


def blind(config: FlagsmithConfig, weight: Decimal) -> Call:
    """The whole segment is sent, so the part of it that changes is all that can be told."""
    return Call("PUT", config.segment_path, {"operator": SPLIT, "value": plain(weight)})


def change(weight: Decimal) -> str:
    """The same as a filter of jq."""
    keys = ", ".join(KEPT)
    split = f'(.rules[] | .. | objects | select(.operator? == "{SPLIT}") | .value)'
    return f'{{{keys}}} | {split} = "{plain(weight)}"'


def _conditions(rules: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for rule in rules:
        yield from rule.get("conditions") or []
        yield from _conditions(rule.get("rules") or [])


def _share(value: object) -> Decimal | None:
    try:
        share = Decimal(str(value))
        return share if malformed(share) is None else None
    except InvalidOperation:
        return None


def _unread(segment: Segment, value: object) -> str:
    return (
        f"The split of segment {segment.id} is {value!r:.40}, which is no percentage: correct it."
    )


def _findings(segment: Segment, conditions: list[dict[str, Any]]) -> Iterator[Finding]:
    what = f"segment {segment.id}"
    if len(conditions) > 1:
        sentence = (
            "It has other conditions beside the split, so its share is not one of all users. Give "
            "the split a segment of its own."
        )
        yield Finding(ok=False, what=what, sentence=sentence)
    sentence = (
        "It counts in every environment of the project, and only for identified users: anonymous "
        "ones stay on BLUE. Which feature it moves can't be seen from here."
    )
    yield Finding(ok=True, what=what, sentence=sentence)
