"""What is sent: the bytes that our room sends when somebody writes a note, with a mark in them."""

from __future__ import annotations

from dataclasses import dataclass

MARK = "bench-mark-000000"


def mark(number: int) -> str:
    """A text of its own for every event, always equally long."""
    return f"bench-mark-{number:06}"


@dataclass(frozen=True, slots=True)
class Picture:
    """`text` is the data of one event, MARK in it."""

    text: str

    def said(self, mark: str) -> bytes:
        """The text alone, for who makes an event of it."""
        return self.text.replace(MARK, mark).encode()

    def frame(self, mark: str) -> bytes:
        """The whole event."""
        lines = self.text.replace(MARK, mark).split("\n")
        return ("event: room\n" + "".join(f"data: {line}\n" for line in lines) + "\n").encode()

    @classmethod
    def of(cls, frame: bytes) -> Picture:
        """All the data of what our stream sent at once, as one event."""
        lines = frame.decode().splitlines()
        return cls("\n".join(one.removeprefix("data: ") for one in lines if one[:5] == "data:"))
