"""A vector: at most one value per label set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.practice.promql.errors import Unexecutable
from migrations_app.practice.promql.labels import Labels, spelled

if TYPE_CHECKING:
    from collections.abc import Iterable

Vector = dict[Labels, float]


def collected(pairs: Iterable[tuple[Labels, float]]) -> Vector:
    """`Unexecutable` where two series became one by losing what told them apart."""
    vector: Vector = {}
    for labels, value in pairs:
        if labels in vector:
            raise Unexecutable(
                f"two series of the result have the same labels {spelled(labels)}; aggregate them"
            )
        vector[labels] = value
    return vector
