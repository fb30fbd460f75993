"""Where switches are kept: three kinds, one promise."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import redis
from django.db import OperationalError, connections

from migrations_app.drivers.switch.client.warroom_switch_stores import (
    FileStore,
    RedisStore,
    SqlStore,
)
from tests.drivers.switch.test_switch import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django import DjangoDbBlocker

    from migrations_app.drivers.switch.client.warroom_switch import Store


@pytest.fixture(params=["file", "sql", "redis"])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, django_db_modify_db_settings: None
) -> Iterator[Store]:
    if request.param == "file":
        yield FileStore(tmp_path / "switches")
    elif request.param == "sql":
        yield from sqlite(tmp_path / "switches.sqlite")
    else:
        yield from valkey()


def sqlite(file: Path) -> Iterator[Store]:
    mine = threading.local()
    opened = []

    def connection() -> sqlite3.Connection:
        if not hasattr(mine, "link"):
            mine.link = sqlite3.connect(
                file, isolation_level=None, timeout=30, check_same_thread=False
            )
            opened.append(mine.link)
        return mine.link  # type: ignore[no-any-return]  # a thread's own

    connection().execute(TABLE)
    yield SqlStore(connection, mark="?")
    for link in opened:
        link.close()


def valkey() -> Iterator[Store]:
    from django.conf import settings

    with closing(redis.from_url(settings.WARROOM_REDIS_URL, decode_responses=True)) as client:
        yield RedisStore(client, key="test:switches")
        client.delete("test:switches")


def test_a_store_keeps_and_forgets(store: Store) -> None:
    store.put("beat/a b", "1")
    store.put("beat/a b", "2")
    store.put("switch/x", "3")
    assert store.load("beat/") == {"beat/a b": "2"}
    store.put("beat/a b", None)
    store.put("beat/never", None)
    assert store.load("beat/") == {}


def test_a_store_swaps_for_one_at_a_time(store: Store) -> None:
    assert store.swap("switch/x", None, "0")
    assert not store.swap("switch/x", None, "1")
    assert not store.swap("switch/x", "7", "1")

    def count(_: int) -> None:
        while True:
            now = store.load("switch/x")["switch/x"]
            if store.swap("switch/x", now, str(int(now) + 1)):
                return

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, range(40)))
    assert store.load("switch/") == {"switch/x": "40"}


def test_a_connection_of_django_that_broke_is_opened_anew(
    django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """In a thread of the application's, where no request begins or ends."""
    with django_db_blocker.unblock():
        broken, other = (connections.create_connection("default") for _ in range(2))
        with closing(broken), closing(other):
            store = SqlStore(lambda: broken)
            with other.cursor() as cursor:
                cursor.execute(TABLE)
            store.put("switch/x", "1")
            with other.cursor() as cursor:
                pid = broken.connection.info.backend_pid
                cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])
            with pytest.raises(OperationalError):
                store.load("switch/")
            assert store.load("switch/") == {"switch/x": "1"}
            with other.cursor() as cursor:
                cursor.execute("DROP TABLE warroom_switch")
