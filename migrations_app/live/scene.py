"""What every viewer of a run sees now, by region, and the bytes that bring them there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from migrations_app.live import frames

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True)
class Scene:
    """`regions`: HTML by name, as of `at`. Two scenes with the same id look the same."""

    at: datetime
    seq: int
    regions: Mapping[str, str]

    @cached_property
    def id(self) -> str:
        """`<seq>-<digest>`: the newest event it shows, and what it looks like.

        The same in every process, so that a viewer may come back to another one.
        """
        digest = sha256()
        for name, html in sorted(self.regions.items()):
            digest.update(f"{name}\0{html}\0".encode())
        return f"{self.seq}-{digest.hexdigest()[:16]}"

    @cached_property
    def full(self) -> bytes:
        """Every region: for whoever comes, and for whoever fell behind."""
        return frames.regions(self.regions, self.id)

    def is_older_than(self, other: str) -> bool:
        """Whether the scene with the id `other` shows an event that this one does not."""
        seq = other.partition("-")[0]
        return seq.isascii() and seq.isdigit() and int(seq) > self.seq

    def since(self, before: Scene | None) -> bytes:
        """The regions that differ from `before`, empty if none does."""
        if before is None:
            return self.full
        if before.id == self.id:
            return b""
        seen = before.regions
        changed = {name: html for name, html in self.regions.items() if seen.get(name) != html}
        return frames.regions(changed, self.id)
