"""What a restricted role of the database needs to run Warroom, and nothing beyond it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.apps import apps
from psycopg import sql

from migrations_app.models import (
    Alert,
    AlertTold,
    ApiToken,
    Check,
    Inbound,
    Membership,
    ParityDifference,
    ParityPass,
    ParityTable,
    Pin,
    SlackAccount,
    StepTaken,
)
from migrations_app.reads.rights import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

ADD: Final = ("SELECT", "INSERT")
KEEP: Final = ("SELECT", "INSERT", "UPDATE")
ALL: Final = ("SELECT", "INSERT", "UPDATE", "DELETE")
LOOK: Final = ("SELECT",)

_OURS: Final = "migrations_app"
_LOOKED_AT: Final = ("django_migrations", "django_content_type", "auth_permission")
_DELETED_FROM: Final = tuple(
    model._meta.db_table
    for model in (
        Alert,
        AlertTold,
        ApiToken,
        Check,
        Inbound,
        Membership,
        ParityDifference,
        ParityPass,
        ParityTable,
        Pin,
        SlackAccount,
        StepTaken,
    )
)


def privileges() -> dict[str, tuple[str, ...]]:
    """Privileges by table, for every table of the application.

    What happened is only added to; a run and what belongs to it is never deleted.
    """
    models = apps.get_models(include_auto_created=True)
    tables = {
        model._meta.db_table: model._meta.app_label for model in models if model._meta.managed
    }
    return {
        table: _privileges(table, ours=label == _OURS)
        for table, label in sorted((tables | dict.fromkeys(_LOOKED_AT, "")).items())
    }


def _privileges(table: str, *, ours: bool) -> tuple[str, ...]:
    if table in TABLES:
        return ADD
    if table in _LOOKED_AT:
        return LOOK
    return KEEP if ours and table not in _DELETED_FROM else ALL


@dataclass(frozen=True, slots=True)
class Place:
    """Where the tables are."""

    database: str
    schema: str


def statements(role: str, place: Place) -> Iterator[sql.Composed]:
    """Take everything away from `role`, then give it what it needs. Safe to repeat.

    What everybody may do (`PUBLIC`) is taken away too, or the role would still do it.
    """
    who = sql.Identifier(role)
    schema = sql.SQL("SCHEMA {}").format(sql.Identifier(place.schema))
    database = sql.SQL("DATABASE {}").format(sql.Identifier(place.database))
    tables = (sql.SQL("ALL {} IN {}").format(sql.SQL(kind), schema) for kind in _KINDS)
    for everything in (*tables, schema, database):
        yield sql.SQL("REVOKE ALL ON {} FROM {}, PUBLIC").format(everything, who)
    yield sql.SQL("GRANT CONNECT ON {} TO {}").format(database, who)
    yield sql.SQL("GRANT USAGE ON {} TO {}").format(schema, who)
    for table, granted in privileges().items():
        words = sql.SQL(", ".join(granted))
        yield sql.SQL("GRANT {} ON {} TO {}").format(words, sql.Identifier(table), who)


_KINDS: Final = ("TABLES", "SEQUENCES")
