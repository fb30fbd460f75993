"""A token for planes that keep no version: what was read, in a few letters.

The plane itself compares nothing. A driver reads again just before it writes and compares; between
the two lies one round trip in which somebody else may still write. Its `capabilities` say that a
token is honoured, its page says how.
"""

from __future__ import annotations

import hashlib
import json


def digest(read: object) -> str:
    """Equal for equal JSON, whatever the order of its keys."""
    text = json.dumps(read, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
