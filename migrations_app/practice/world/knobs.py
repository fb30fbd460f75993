"""Knobs that are turned over HTTP: a JSON object of bounded numbers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class BadKnob(ValueError):
    """A knob can't be turned like that; the sentence says why."""


def knobs(body: bytes, highest: Mapping[str, float]) -> dict[str, float]:
    """The numbers in a JSON object, each between 0 and its highest value; else `BadKnob`.

    What it leaves out is left out.
    """
    try:
        asked: object = json.loads(body)
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise BadKnob(f'Send a JSON object such as {{"{next(iter(highest))}": 0.5}}.')
    for name in asked:
        if name not in highest:
            raise BadKnob(f'There is no "{name}"; there is {", ".join(highest)}.')
    return {name: _number(name, value, highest[name]) for name, value in asked.items()}


def _number(name: str, value: object, highest: float) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= highest:
        return float(value)
    raise BadKnob(f"{name} has to be a number from 0 to {highest:g}.")
