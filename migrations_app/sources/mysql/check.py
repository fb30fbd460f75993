"""What a doctor says about a MySQL or MariaDB. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from migrations_app.domain.finding import Finding
from migrations_app.sources.value import NoValue
from migrations_app.wire.answer import clean

if TYPE_CHECKING:
    from migrations_app.sources.mysql.config import MySQLConfig
    from migrations_app.sources.mysql.session import Rights

# What a login that only reads may hold. Everything else in a GRANT is more than it needs.
_HARMLESS: Final = frozenset(
    {"USAGE", "SELECT", "SHOW VIEW", "SHOW DATABASES", "PROCESS", "REPLICATION CLIENT"}
    | {"BINLOG MONITOR", "SLAVE MONITOR", "REPLICA MONITOR"}
)
_GRANT: Final = re.compile(r"GRANT (.+?) ON ", re.IGNORECASE)


def examine(found: Rights | NoValue, config: MySQLConfig) -> list[Finding]:
    """`found`: what it says our login may do, or why it says nothing."""
    if isinstance(found, NoValue):
        return [Finding(ok=False, what=config.where, sentence=found.detail), *_road(config)]
    answers = f"answers; version {clean(found.version, 60)}"
    return [
        Finding(ok=True, what=config.where, sentence=answers),
        _power(found),
        *_road(config),
    ]


def excess(grants: str) -> list[str]:
    """What one line of SHOW GRANTS allows beyond reading. A column list is no right."""
    match = _GRANT.match(grants)
    if match is None:  # a role, a proxy: what stands behind is told on lines of its own
        return []
    rights = re.sub(r"\([^)]*\)", "", match[1]).split(",")
    return [right.strip() for right in rights if right.strip().upper() not in _HARMLESS]


def _power(rights: Rights) -> Finding:
    login = f"login {clean(rights.role, 80)}"
    more = sorted({right for line in rights.grants for right in excess(line)})
    if not more:
        return Finding(ok=True, what=login, sentence="it may read and nothing else")
    sentence = (
        f"it may do more than read ({clean(', '.join(more), 120)}); every question is read-only "
        "all the same, but a login that may only SELECT is safer"
    )
    return Finding(ok=False, what=login, sentence=sentence)


def _road(config: MySQLConfig) -> list[Finding]:
    if not config.exposed:
        return []
    sentence = (
        "somebody on the way could pose as the database and forge healthy numbers; set "
        "ssl_mode: verify_identity with ca_file"
    )
    return [Finding(ok=False, what="protection", sentence=sentence)]
