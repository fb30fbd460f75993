"""What a traffic plane can do at all."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a plane can do, declared so that a plan can be refused before it starts."""

    compare_and_set: bool = False  # refuses a write based on an old token
    just_before: bool = False  # by comparing right before the write: the plane has no version
    mirror: bool = False  # can copy requests to GREEN without serving from it: `moves: mirror`
    binary: bool = False  # only 0 and 100
    in_flight: bool = False  # tells what is still under way on the side that was left
    finest_step: str = "1"  # smallest difference in percent that it can express
