"""PostgreSQL: any SELECT of one number, and ready-made questions about replication and load.

Sources: the manual's chapters "The Cumulative Statistics System" and "System Views".
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from migrations_app.sources.postgresql.check import examine
from migrations_app.sources.postgresql.config import PostgreSQLConfig
from migrations_app.sources.postgresql.ready import READY
from migrations_app.sources.postgresql.session import PgSession
from migrations_app.sources.present import Present
from migrations_app.sources.sql.pool import Pool
from migrations_app.sources.sql.ready import Statement, statement
from migrations_app.sources.value import NoValue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic import BaseModel

    from migrations_app.domain.finding import Finding
    from migrations_app.sources.value import Value


class PostgreSQLSource(Present):
    """Keeps a few sessions between calls. Its `repr` shows the place and nothing else."""

    kind: ClassVar[str] = "postgresql"
    Config: ClassVar[type[BaseModel]] = PostgreSQLConfig
    tried: ClassVar[str] = "PostgreSQL 18.6, with a standby and a logical subscriber"

    def __init__(self, config: PostgreSQLConfig) -> None:
        self._config = config
        self._pool = Pool(config.concurrency, partial(PgSession, config), config.where)

    def __repr__(self) -> str:
        return f"PostgreSQLSource({self._config.where})"

    def values(self, texts: Sequence[str]) -> list[Value]:
        """What can't be asked is not asked."""
        statements = [statement(text, READY) for text in texts]
        sent = [one for one in statements if isinstance(one, Statement)]
        answers = iter(self._pool.run([_asking(one) for one in sent], self._seconds))
        return [one if isinstance(one, NoValue) else next(answers) for one in statements]

    def check(self) -> list[Finding]:
        """Reachable, which version and side, what our role may do, how protected."""
        [found] = self._pool.run([PgSession.rights], self._seconds)
        return examine(found, self._config)

    def close(self) -> None:
        """Readings asked for afterwards are `ERROR`."""
        self._pool.close()

    @property
    def _seconds(self) -> float:
        return self._config.timeout.total_seconds()


def _asking(one: Statement) -> Callable[[PgSession, float], Value]:
    return lambda session, seconds: session.value(one, seconds)
