"""The file that nginx includes: what it says for a weight, and what a file says. Pure.

It carries its own account of itself: nginx serves `$warroom_NAME_says` on a status location, so
that what is read back is what the running generation has loaded, never what lies on the disk.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from migrations_app.drivers.exact import each
from migrations_app.drivers.share import plain

if TYPE_CHECKING:
    from migrations_app.drivers.nginx.config import NginxConfig

_HEAD: Final = """\
# Written by Warroom, which replaces the whole file. Its account of itself is in the last line: if
# you change anything here by hand, Warroom shows that it differs and believes neither.
"""
_SAYS: Final = re.compile(r'default "(\d{1,3}(?:\.\d{1,2})?) ([0-9a-f]{16})";')
_SAID: Final = re.compile(r"(\d{1,3}(?:\.\d{1,2})?) ([0-9a-f]{16})\s*")


@dataclass(frozen=True, slots=True)
class Said:
    """What a generation says of itself: GREEN's share in percent, and which text it comes from."""

    weight: Decimal
    digest: str

    def __str__(self) -> str:
        return f"{plain(self.weight)} {self.digest}"


def digest(text: str) -> str:
    """Sixteen hexadecimal digits that stand for a text."""
    return sha256(text.encode()).hexdigest()[:16]


def said(answer: str) -> Said | None:
    """What the status location answered, None if it is something else."""
    found = _SAID.fullmatch(answer)
    return Said(Decimal(found[1]), found[2]) if found else None


def account(config: NginxConfig, weight: Decimal) -> Said:
    """What nginx will say once it has loaded `text(config, weight)`."""
    return Said(weight.normalize(), digest(_body(config, weight)))


def text(config: NginxConfig, weight: Decimal) -> str:
    """The whole file for a weight from 0 to 100 with at most two decimals."""
    says = f'map "" {config.variable}_says {{ default "{account(config, weight)}"; }}\n'
    return _HEAD + _body(config, weight) + says


def written(config: NginxConfig, found: str) -> Decimal | None:
    """The weight whose text this is, to the letter; None if nobody but a hand can have made it."""
    says = _SAYS.search(found)
    if says is None or not 0 <= Decimal(says[1]) <= 100:
        return None
    weight = Decimal(says[1])
    return weight if text(config, weight) == found else None


def _body(config: NginxConfig, weight: Decimal) -> str:
    if config.way == "upstream":
        return _upstream(config, weight)
    return _split(config, weight)


def _split(config: NginxConfig, weight: Decimal) -> str:
    """GREEN's part comes first, so that whoever was in a smaller one stays in a larger one."""
    green, rest = config.green[0], config.blue[0]
    if config.moves == "mirror":
        rest = '""'
    lines = [f"    {weight:.2f}% {green};"] if 0 < weight < 100 else []
    lines.append(f"    * {green if weight == 100 else rest};")
    return f'split_clients "{config.key}" {config.variable} {{\n' + "\n".join(lines) + "\n}\n"


def _upstream(config: NginxConfig, weight: Decimal) -> str:
    """nginx refuses the weight 0: such a server is `down`."""
    parts = each(weight, len(config.blue), len(config.green))
    lines = [f"    include {config.settings};"] if config.settings else []
    lines += [_server(address, parts.blue) for address in config.blue]
    lines += [_server(address, parts.green) for address in config.green]
    return f"upstream {config.name} {{\n" + "\n".join(lines) + "\n}\n"


def _server(address: str, weight: int) -> str:
    return f"    server {address} {f'weight={weight}' if weight else 'down'};"
