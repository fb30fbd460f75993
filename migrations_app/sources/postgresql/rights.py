"""What our role may do in a PostgreSQL, asked in one question."""

from __future__ import annotations

from typing import Final, NamedTuple


class Rights(NamedTuple):
    """`writable`: how many tables of people's own it may change."""

    version: str
    role: str
    standby: bool
    superuser: bool
    sees_others: bool
    writable: int


RIGHTS: Final = """
SELECT current_setting('server_version'), current_user::text, pg_is_in_recovery(),
    (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
    pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'),
    (SELECT count(*)
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND has_schema_privilege(n.oid, 'USAGE')
        AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))
"""
