"""A small, strict SMTP server on loopback: it takes mail by the rules and remembers it."""

from __future__ import annotations

import email
import email.policy
import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import EmailMessage
    from io import BufferedRWPair
    from typing import Any


@dataclass
class SmtpServer:
    """`letters`: what was accepted. `answers`: what to say instead, by command (once each)."""

    letters: list[EmailMessage] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)
    _listener: socket.socket = field(init=False)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                talk, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(talk,), daemon=True).start()

    def _talk(self, talk: socket.socket) -> None:
        with talk, talk.makefile("rwb") as wire:
            _say(wire, "220 here")
            while line := wire.readline():
                verb = line.split(b" ")[0].strip().decode().upper()
                if not self._answer(wire, verb):
                    return

    def _answer(self, wire: BufferedRWPair[Any], verb: str) -> bool:
        if special := self.answers.get(verb):
            said = special.pop(0)
            if said == "drop":
                return False
            _say(wire, said)
            return True
        if verb == "DATA":
            _say(wire, "354 go on")
            return self._take(wire)
        _say(wire, "221 bye" if verb == "QUIT" else "250 fine")
        return verb != "QUIT"

    def _take(self, wire: BufferedRWPair[Any]) -> bool:
        lines = []
        while (line := wire.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        text = b"".join(lines)
        self.letters.append(email.message_from_bytes(text, policy=email.policy.default))
        if self.answers.get("TAKEN"):
            self.answers["TAKEN"].pop()
            return False  # taken, and nobody was told
        _say(wire, "250 taken")
        return True


def _say(wire: BufferedRWPair[Any], text: str) -> None:
    wire.write(f"{text}\r\n".encode())
    wire.flush()
