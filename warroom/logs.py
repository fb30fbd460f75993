"""Log lines that may be read by anybody who may read logs: without the secrets of an address.

Some addresses are secrets themselves: who knows a status page's link may read the page, who knows
the proof in a mail may answer for the reader, and who knows the ticket of a Slack account may say
that it is theirs. Access logs and complaints about requests name addresses, so everything that is
logged passes here, last and whole, tracebacks included.
"""

from __future__ import annotations

import logging
import re
from typing import Final

HIDDEN: Final = "***"
_REST: Final = r"[^/?#\s\"'&,)\]]+"
_SLASH: Final = "(?:/|%2[fF])"  # on the way through the login page it is a parameter
_SECRET: Final = re.compile(
    rf"(/s/|/mail/(?:confirm|leave)/|{_SLASH}slack{_SLASH}link{_SLASH}"
    rf"|[?&](?:code|state|token|id_token)=){_REST}"
)


def masked(text: str) -> str:
    """`text` with `***` for every link's token, every proof, ticket and code of a provider."""
    return _SECRET.sub(rf"\1{HIDDEN}", text)


class Masked(logging.Formatter):
    """An ordinary formatter, whose lines are masked once they are whole."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))
