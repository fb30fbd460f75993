"""What a doctor says about a PostgreSQL. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.finding import Finding
from migrations_app.sources.value import NoValue
from migrations_app.wire.answer import clean

if TYPE_CHECKING:
    from migrations_app.sources.postgresql.config import PostgreSQLConfig
    from migrations_app.sources.postgresql.rights import Rights


def examine(found: Rights | NoValue, config: PostgreSQLConfig) -> list[Finding]:
    """`found`: what it says our role may do, or why it says nothing."""
    if isinstance(found, NoValue):
        return [Finding(ok=False, what=config.where, sentence=found.detail), *_road(config)]
    side = "a standby" if found.standby else "a primary"
    answers = f"answers as {side}; PostgreSQL {clean(found.version, 40)}"
    return [
        Finding(ok=True, what=config.where, sentence=answers),
        _power(found),
        _sight(found),
        *_road(config),
    ]


def _power(rights: Rights) -> Finding:
    role = f'role "{clean(rights.role, 63)}"'
    if rights.superuser:
        sentence = (
            "it is a superuser, whose functions reach beyond any read-only transaction; give it a "
            "role of its own that may only SELECT"
        )
        return Finding(ok=False, what=role, sentence=sentence)
    if rights.writable:
        sentence = (
            f"it may write to {rights.writable} tables; every question is read-only all the same, "
            "but a role that may only SELECT is safer"
        )
        return Finding(ok=False, what=role, sentence=sentence)
    return Finding(ok=True, what=role, sentence="it may not write to any table")


def _sight(rights: Rights) -> Finding:
    if rights.sees_others:
        return Finding(ok=True, what="statistics", sentence="it sees the sessions of others")
    sentence = (
        "it does not see the sessions of others, so ready-made questions about replication and "
        "connections are NO_DATA; where a check needs them: GRANT pg_monitor"
    )
    return Finding(ok=True, what="statistics", sentence=sentence)


def _road(config: PostgreSQLConfig) -> list[Finding]:
    if not config.exposed:
        return []
    sentence = (
        "somebody on the way could pose as the database and forge healthy numbers; set "
        "sslmode: verify-full with ca_file"
    )
    return [Finding(ok=False, what="protection", sentence=sentence)]
