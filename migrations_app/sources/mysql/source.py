"""MySQL and MariaDB: any SELECT of one number, and ready-made questions.

Sources: the manuals' chapters on SHOW REPLICA STATUS, server status variables and InnoDB.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from migrations_app.domain.errors import ConfigError
from migrations_app.sources.asked import parsed
from migrations_app.sources.mysql import replica, session
from migrations_app.sources.mysql.check import examine
from migrations_app.sources.mysql.config import MySQLConfig
from migrations_app.sources.mysql.ready import READY
from migrations_app.sources.present import Present
from migrations_app.sources.sql.pool import Pool
from migrations_app.sources.sql.ready import statement
from migrations_app.sources.value import NoValue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic import BaseModel

    from migrations_app.domain.finding import Finding
    from migrations_app.sources.value import Value

    Asking = Callable[[session.MySession, float], Value]

_CHANNELS: Final = dict.fromkeys(replica.READY, 1)


class MySQLSource(Present):
    """Keeps a few sessions between calls. Its `repr` shows the place and nothing else."""

    kind: ClassVar[str] = "mysql"
    Config: ClassVar[type[BaseModel]] = MySQLConfig
    tried: ClassVar[str] = "MariaDB 10.11, with a replica; MySQL's own words by its manual only"

    def __init__(self, config: MySQLConfig) -> None:
        if not session.INSTALLED:
            raise ConfigError("MySQL can't be asked from here: install warroom[mysql]")
        self._config = config
        connect = partial(session.MySession, config, config.tls())
        self._pool = Pool(config.concurrency, connect, config.where)

    def __repr__(self) -> str:
        return f"MySQLSource({self._config.where})"

    def values(self, texts: Sequence[str]) -> list[Value]:
        """What can't be asked is not asked."""
        askings = [_asking(text) for text in texts]
        sent = [one for one in askings if not isinstance(one, NoValue)]
        answers = iter(self._pool.run(sent, self._seconds))
        return [one if isinstance(one, NoValue) else next(answers) for one in askings]

    def check(self) -> list[Finding]:
        """Reachable, which version, what our login may do, how protected."""
        [found] = self._pool.run([session.MySession.rights], self._seconds)
        return examine(found, self._config)

    def close(self) -> None:
        """Readings asked for afterwards are `ERROR`."""
        self._pool.close()

    @property
    def _seconds(self) -> float:
        return self._config.timeout.total_seconds()


def _asking(text: str) -> Asking | NoValue:
    status = parsed(text, _CHANNELS)
    if not isinstance(status, NoValue):
        _, read = replica.READY[status.name]
        channel = status.args[0] if status.args else ""
        return lambda one, seconds: one.replica(read, channel, seconds)
    asked = statement(text, READY)
    if isinstance(asked, NoValue):
        return asked
    return lambda one, seconds: one.value(asked, seconds)
