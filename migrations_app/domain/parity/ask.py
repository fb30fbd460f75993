"""What a check may ask of a comparison: `rows(orders)`, `sum(orders.total)`, `checksum(orders)`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

KIND: Final = "parity"
"""The kind of source whose questions these are."""


class What(StrEnum):
    """Every answer is a number that is 0 where both sides are equal."""

    ROWS = "rows"  # by how many rows one side is longer
    SUM = "sum"  # how far the sums of a column are apart
    BUCKET = "bucket"  # how many rows lie in the wrong bucket, over all values of a column
    CHECKSUM = "checksum"  # rows that differ in anything
    SAMPLE = "sample"  # rows of a random sample that differ in anything


_OF_A_COLUMN: Final = frozenset({What.SUM, What.BUCKET})
_TEXT: Final = re.compile(r"\s*([a-z]+)\s*\(\s*([^().\s]+)\s*(?:\.\s*([^().\s]+)\s*)?\)\s*")


@dataclass(frozen=True, slots=True)
class Ask:
    """One question about a table; `column` is empty where it is about whole rows."""

    what: What
    table: str
    column: str = ""


def parse(text: str) -> Ask:
    """`ValueError` with a sentence for anything that is no question."""
    found = _TEXT.fullmatch(text)
    if found is None or found[1] not in set(What):
        raise ValueError(
            f"{text!r:.80} is no question of parity. Ask rows(orders), sum(orders.total), "
            "bucket(orders.status), checksum(orders) or sample(orders)."
        )
    asked = Ask(What(found[1]), found[2], found[3] or "")
    if (asked.what in _OF_A_COLUMN) != bool(asked.column):
        wanted = f"{asked.what}({asked.table}.COLUMN)" if not asked.column else (
            f"{asked.what}({asked.table})"
        )  # fmt: skip
        raise ValueError(f"{text!r:.80} should be {wanted}.")
    return asked
