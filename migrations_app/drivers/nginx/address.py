"""The address of a server in an upstream, as nginx writes it."""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import AfterValidator

from migrations_app.domain.plan.base import wrong

# None of these letters ends a directive, starts another, or means anything to a shell.
_HOST: Final = r"[A-Za-z0-9_.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]"
_ADDRESS: Final = re.compile(rf"(?:{_HOST})(?::[0-9]{{1,5}})?|unix:/[A-Za-z0-9._/-]{{1,100}}")


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text) or text.startswith("-"):
        raise wrong(
            "write a server as HOST:PORT, [IPv6]:PORT or unix:/PATH, or the name of an upstream "
            f"(letters, digits and ._- only), not {text!r:.60}"
        )
    return text


AddressText = Annotated[str, AfterValidator(_address)]
