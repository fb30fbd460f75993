"""What the database lets our role do to the past: triggers in place, privileges, ownership."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import connection

from migrations_app.models import Decision, Event, IdempotencyKey, Latch, Reading, SignOff

if TYPE_CHECKING:
    from django.db.models import Model

APPEND_ONLY: Final[tuple[type[Model], ...]] = (
    Event,
    Decision,
    Latch,
    Reading,
    SignOff,
    IdempotencyKey,
)
"""What happened. The database itself refuses to edit or delete it."""

TABLES: Final = tuple(model._meta.db_table for model in APPEND_ONLY)


@dataclass(frozen=True, slots=True)
class Rights:
    """The role we connect as, and the append-only tables that are there.

    `unguarded`: those without both triggers, switched on. `edits`: those whose rows the role may
    change or delete, or that it may empty. `owner`: it owns one of them, or may act as who does.
    """

    role: str
    superuser: bool
    owner: bool
    there: tuple[str, ...]
    unguarded: tuple[str, ...]
    edits: tuple[str, ...]

    @property
    def restricted(self) -> bool:
        """Whether the past is out of the role's reach, triggers or not."""
        return not (self.superuser or self.owner or self.edits)


_RIGHTS = """
SELECT c.relname,
       (SELECT count(*) FROM pg_trigger t
         WHERE t.tgrelid = c.oid AND t.tgenabled IN ('O', 'A')
           AND t.tgname IN ('append_only', 'append_only_whole')) = 2,
       has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE')
         OR has_any_column_privilege(c.oid, 'UPDATE'),
       pg_has_role(c.relowner, 'MEMBER')
  FROM pg_class c
 WHERE c.relname = ANY(%s) AND c.relnamespace = to_regnamespace(current_schema())
 ORDER BY c.relname
"""

_ROLE = "SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user"


def rights() -> Rights:
    """What the role of this connection may do now."""
    with connection.cursor() as cursor:
        cursor.execute(_ROLE)
        role, superuser = cursor.fetchone()
        cursor.execute(_RIGHTS, [list(TABLES)])
        rows = cursor.fetchall()
    return Rights(
        role=role,
        superuser=superuser,
        owner=any(owned for _, _, _, owned in rows),
        there=tuple(name for name, _, _, _ in rows),
        unguarded=tuple(name for name, guarded, _, _ in rows if not guarded),
        edits=tuple(name for name, _, edits, _ in rows if edits),
    )
