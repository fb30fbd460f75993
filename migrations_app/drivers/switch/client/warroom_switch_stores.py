"""Where switches are kept, for all instances of an application: files, SQL or Redis. Each class
stands alone; copy the one that fits.
"""

from __future__ import annotations

import fcntl
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator


class FileStore:
    """A directory that all instances on one machine share. A file per key, one lock for all."""

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        self._directory = Path(directory)
        self._directory.mkdir(parents=True, exist_ok=True)

    def load(self, prefix: str) -> dict[str, str]:
        begin, found = quote(prefix, safe=""), {}
        for file in self._directory.iterdir():
            if file.name.startswith(begin):
                found[unquote(file.name)] = self._read(file)
        return {key: text for key, text in found.items() if text is not None}

    def put(self, key: str, value: str | None) -> None:
        with self._locked():
            self._write(key, value)

    def swap(self, key: str, old: str | None, new: str) -> bool:
        with self._locked():
            same = self._read(self._file(key)) == old
            if same:
                self._write(key, new)
            return same

    def _file(self, key: str) -> Path:
        return self._directory / quote(key, safe="")

    def _read(self, file: Path) -> str | None:
        try:
            return file.read_text()
        except FileNotFoundError:
            return None

    def _write(self, key: str, value: str | None) -> None:
        """Whole or not at all, for readers that take no lock."""
        file = self._file(key)
        if value is None:
            file.unlink(missing_ok=True)
            return
        draft = self._directory / ".draft"
        draft.write_text(value)
        draft.replace(file)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self._directory / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


class SqlStore:
    """A table of two columns; any database with a DB-API driver, in autocommit as Django has it.

        CREATE TABLE warroom_switch (name varchar(200) PRIMARY KEY, text varchar(4000) NOT NULL)

    `connection` gives this thread's, Django's or the DB-API's: `lambda: django.db.connection`.
    `mark` is the placeholder, `?` for sqlite3 without Django.
    """

    def __init__(self, connection: Callable[[], Any], mark: str = "%s") -> None:
        self._connection, self._mark = connection, mark

    def load(self, prefix: str) -> dict[str, str]:
        above = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        rows = "SELECT name, text FROM warroom_switch WHERE name >= {0} AND name < {0}"
        with self._cursor() as cursor:
            cursor.execute(rows.format(self._mark), (prefix, above))
            return dict(cursor.fetchall())

    def put(self, key: str, value: str | None) -> None:
        if value is None:
            self._run("DELETE FROM warroom_switch WHERE name = {0}", key)
        elif not self._run("UPDATE warroom_switch SET text = {0} WHERE name = {0}", value, key):
            self._run("INSERT INTO warroom_switch (name, text) VALUES ({0}, {0})", key, value)

    def swap(self, key: str, old: str | None, new: str) -> bool:
        """Where two make the first entry at once, the key's uniqueness refuses the second by the
        database's own error, and nothing has happened."""
        if old is None:
            add = "INSERT INTO warroom_switch (name, text) SELECT {0}, {0} WHERE NOT EXISTS "
            there = "(SELECT 1 FROM warroom_switch WHERE name = {0})"
            return self._run(add + there, key, new, key) == 1
        change = "UPDATE warroom_switch SET text = {0} WHERE name = {0} AND text = {0}"
        return self._run(change, new, key, old) == 1

    def _run(self, statement: str, *values: str) -> int:
        """How many rows it touched."""
        with self._cursor() as cursor:
            cursor.execute(statement.format(self._mark), values)
            return int(cursor.rowcount)

    def _cursor(self) -> closing[Any]:
        """Django looks after the connections of requests only: in a thread of ours a broken one
        would stay broken."""
        connection = self._connection()
        if getattr(connection, "errors_occurred", False) and not connection.in_atomic_block:
            connection.close()
        return closing(connection.cursor())


class RedisStore:
    """One hash in Redis or Valkey. `client` is a `redis.Redis(decode_responses=True)`."""

    SWAP = """
        if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
        redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
        return 1
    """

    def __init__(self, client: Any, key: str = "warroom:switches") -> None:
        self._client, self._key = client, key

    def load(self, prefix: str) -> dict[str, str]:
        everything = self._client.hgetall(self._key)
        return {key: text for key, text in everything.items() if key.startswith(prefix)}

    def put(self, key: str, value: str | None) -> None:
        if value is None:
            self._client.hdel(self._key, key)
        else:
            self._client.hset(self._key, key, value)

    def swap(self, key: str, old: str | None, new: str) -> bool:
        return bool(self._client.eval(self.SWAP, 1, self._key, key, old or "", new))
