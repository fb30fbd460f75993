"""Small words that several rooms say the same way."""

from __future__ import annotations


def named(name: str, sentence: str) -> str:
    """`sentence` with the name of what it is about in front, unless it begins with it."""
    return sentence if sentence.startswith(name) else f"{name}: {sentence}"
