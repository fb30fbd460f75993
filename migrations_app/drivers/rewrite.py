"""Change a few numbers in somebody else's file, all or none, and leave the rest as it is."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

# Letters that a shell reads as themselves; no `..`, nothing relative.
FilePath = Annotated[
    str, StringConstraints(pattern=r"^(/[A-Za-z0-9_@+-][A-Za-z0-9._@+-]*)+$", max_length=300)
]
