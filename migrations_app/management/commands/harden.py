"""`manage.py harden ROLE`: let a role of the database run Warroom, and keep it from the past."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError, connection, transaction

from migrations_app.management.grants import ADD, Place, privileges, statements
from migrations_app.management.say import WELL
from migrations_app.reads.rights import TABLES

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

_ROLE = """
SELECT r.rolsuper OR r.rolcreaterole OR r.rolreplication OR r.rolbypassrls,
       EXISTS (SELECT 1 FROM pg_class c WHERE c.relname = ANY(%s)
                AND pg_has_role(r.oid, c.relowner, 'MEMBER')),
       r.rolname = current_user
  FROM pg_roles r WHERE r.rolname = %s
"""


class Command(BaseCommand):
    help = "Gives a restricted PostgreSQL role what Warroom needs. Run it as the tables' owner."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role")

    def handle(self, *args: Any, **options: Any) -> None:
        role = options["role"]
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(_ROLE, [list(TABLES), role])
                _require_restrictable(role, cursor.fetchone())
                cursor.execute("SELECT current_database(), current_schema()")
                for statement in statements(role, Place(*cursor.fetchone())):
                    cursor.execute(statement)
        except ProgrammingError as error:
            raise CommandError(f"Migrate first, and run this as the owner: {error}") from error
        added = sum(granted == ADD for granted in privileges().values())
        self.stdout.write(
            f"{WELL} {role} may read and write what Warroom works on, only add to the {added} "
            "tables that hold what happened, and change no table's shape.\n"
            f"Let the web process, the workers and the poller connect as {role} (DATABASE_URL); "
            "migrate as the owner. Run this again after each migration."
        )


def _require_restrictable(role: str, found: tuple[bool, bool, bool] | None) -> None:
    if found is None:
        raise CommandError(
            f'There is no role "{role}". Make one: CREATE ROLE "{role}" LOGIN PASSWORD \'…\';'
        )
    powerful, owner, ourselves = found
    if ourselves:
        raise CommandError(f"{role} is who you are now. Restrict another role than the owner.")
    if powerful:
        raise CommandError(f"{role} has powers no grant can hold back. Use a role without them.")
    if owner:
        raise CommandError(f"{role} owns the tables, or may act as their owner. Use another role.")
