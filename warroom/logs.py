"""Log lines, as text or as JSON, for anybody who may read logs: without the secrets of an address.

Some addresses are secrets themselves: who knows a status page's link may read the page, who knows
the proof in a mail may answer for the reader, and who knows the ticket of a Slack account may say
that it is theirs. Access logs and complaints about requests name addresses, so everything that is
logged passes here, last and whole, tracebacks included.
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Final

from migrations_app.domain.about import known

HIDDEN: Final = "***"
_REST: Final = r"[^/?#\s\"'&,)\]]+"
_SLASH: Final = "(?:/|%2[fF])"  # on the way through the login page it is a parameter
_SECRET: Final = re.compile(
    rf"(/s/|/mail/(?:confirm|leave)/|{_SLASH}slack{_SLASH}link{_SLASH}"
    rf"|[?&](?:code|state|token|id_token)=){_REST}"
)

_TOKEN: Final = re.compile(r"(?<=/)[\w-]{43}(?![\w-])", re.ASCII)
"""What has the length of a link's token is hidden wherever it stands in an address."""


def masked(text: str) -> str:
    """`text` with `***` for every link's token, every proof, ticket and code of a provider."""
    return _SECRET.sub(rf"\1{HIDDEN}", _TOKEN.sub(HIDDEN, text))


class Masked(logging.Formatter):
    """An ordinary formatter, whose lines are masked once they are whole. `%(about)s` is what is
    known of the work at hand, as ` [run=7 decision=7.4]`, or nothing."""

    def format(self, record: logging.LogRecord) -> str:
        facts = " ".join(f"{name}={fact}" for name, fact in known().items())
        record.about = f" [{facts}]" if facts else ""
        return masked(super().format(record))


class Lines(logging.Formatter):
    """One JSON object per line, whatever is logged: who reads it needs no patterns.

    Masked text by text: in a line that is whole already, an escape might be cut in two.
    """

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "pid": record.process,
            **known(),
            **_access(record),
        }
        if record.exc_info:
            said["traceback"] = self.formatException(record.exc_info)
        shown = {name: masked(it) if isinstance(it, str) else it for name, it in said.items()}
        return json.dumps(shown, ensure_ascii=True, default=str)


def _access(record: logging.LogRecord) -> dict[str, object]:
    """The parts of an access log's line, as the server hands them over."""
    if record.name != "uvicorn.access" or not isinstance(record.args, tuple):
        return {}
    return dict(zip(("client", "method", "path", "http", "status"), record.args, strict=False))
