"""What PostgreSQL's source promises beyond the contract, at a real one."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from migrations_app.domain.reading import Outcome, Query
from migrations_app.sources.postgresql.config import PostgreSQLConfig
from migrations_app.sources.postgresql.session import PgSession
from migrations_app.sources.sql.ready import Statement
from tests.real_postgres import SECRET, Cluster, one_cluster
from tests.sources.build import LONG, NOW, SHORT, read_one
from tests.sources.postgres import postgresql

if TYPE_CHECKING:
    from collections.abc import Iterator

_GIVEN = {"host": "db.example", "database": "orders", "user": "reader"}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with one_cluster() as cluster:
        yield cluster


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("SELECT 25", 25.0),
        ("VALUES (1.5)", 1.5),
        ("WITH a AS (SELECT 2) SELECT * FROM a;", 2.0),
        ("(SELECT 3)", 3.0),
        ("-- why\nSELECT 4", 4.0),
        ("SELECT true", 1.0),
        ("SELECT extract(epoch FROM interval '1m')", 60.0),
        ("SELECT count(*) FROM item WHERE '%s' <> '%s'", 0.0),
        ("SELECT 1e300::numeric", 1e300),
    ],
)
def test_any_select_of_one_number_is_a_value(cluster: Cluster, text: str, value: float) -> None:
    with closing(postgresql(cluster)) as source:
        assert read_one(source, text, NOW).value == value


@pytest.mark.parametrize(
    ("text", "outcome", "word"),
    [
        ("SELECT 1, 2", Outcome.ERROR, "2 columns"),
        ("SELECT", Outcome.ERROR, "0 columns"),
        ("SELECT repeat('x', 100000000)", Outcome.ERROR, "cast it"),
        ("SELECT now()", Outcome.ERROR, "extract(epoch"),
        ("SELECT NULL::int", Outcome.EMPTY, "NULL; that is not zero"),
        ("SELECT 10.0 ^ 1000", Outcome.NOT_FINITE, "inf"),
        ("SELECT 'infinity'::interval", Outcome.ERROR, "extract(epoch"),
        ("SELECT extract(epoch FROM 'infinity'::interval)", Outcome.NOT_FINITE, "inf"),
        ("SELECT price FROM nowhere", Outcome.ERROR, "does not exist"),
        ("SELECT rolpassword IS NULL FROM pg_authid", Outcome.ERROR, "permission denied"),
        ("lag", Outcome.ERROR, "neither a SELECT nor"),
        ("slot_bites(items)", Outcome.ERROR, 'did you mean "slot_bytes"'),
        ("slot_bytes", Outcome.ERROR, "write it as slot_bytes(slot)"),
        ("connections(orders)", Outcome.ERROR, "write it as connections"),
        ("", Outcome.ERROR, "empty"),
    ],
)
def test_what_is_no_number_says_why(
    cluster: Cluster, text: str, outcome: Outcome, word: str
) -> None:
    with closing(postgresql(cluster)) as source:
        reading = read_one(source, text, NOW)
    assert reading.outcome is outcome
    assert word in reading.detail


@pytest.mark.parametrize(
    "text",
    [
        "DELETE FROM item",
        "SELECT 1; DELETE FROM item",
        "SELECT 1); DELETE FROM item; --",
        "WITH gone AS (DELETE FROM item RETURNING 1) SELECT count(*) FROM gone",
        "SELECT 1 INTO loot",
        "SELECT price FROM item FOR UPDATE",
        "SELECT nextval('numbers')",
        "SELECT set_config('default_transaction_read_only', 'off', false)::int; DELETE FROM item",
        "COMMIT; DELETE FROM item",
        "TABLE item; DELETE FROM item",
        "slot_bytes(x'); DELETE FROM item; --)",
    ],
)
def test_nothing_can_be_changed_even_by_the_owner(cluster: Cluster, text: str) -> None:
    cluster.do("INSERT INTO item VALUES (1, 1) ON CONFLICT DO NOTHING")
    cluster.do("CREATE SEQUENCE IF NOT EXISTS numbers")
    with closing(postgresql(cluster, user="warroom", password=cluster.password)) as source:
        assert read_one(source, text, NOW).value is None
        assert read_one(source, "SELECT count(*) FROM item", NOW).value == 1
    assert cluster.ask("SELECT to_regclass('loot') IS NULL")


def test_a_question_that_takes_too_long_is_ended_there_too(cluster: Cluster) -> None:
    running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%%pg_sleep(61)%%'"
    with closing(postgresql(cluster, SHORT)) as source:
        reading = read_one(source, "SELECT 1 FROM pg_sleep(61)", NOW)
    assert reading.outcome is Outcome.TIMEOUT
    cluster.until(f"SELECT 1 = ({running} AND state = 'active')")


def test_a_session_that_died_is_replaced_without_a_word(cluster: Cluster) -> None:
    with closing(postgresql(cluster, concurrency=1)) as source:
        first = read_one(source, "SELECT pg_backend_pid()", NOW).value
        again = read_one(source, "SELECT pg_backend_pid()", NOW).value
        assert first == again
        cluster.ask("SELECT pg_terminate_backend(%s, 5000)", int(first or 0))
        after = read_one(source, "SELECT pg_backend_pid()", NOW)
    assert after.outcome is Outcome.OK
    assert after.value != first


def test_no_more_sessions_than_told(cluster: Cluster) -> None:
    texts = [f"SELECT 1 + {n} - (pg_sleep(0.05) IS NULL)::int" for n in range(8)]
    with closing(postgresql(cluster, concurrency=2)) as source:
        readings = source.read([Query(text, text) for text in texts], NOW)
        assert [one.value for one in readings] == [float(n + 1) for n in range(8)]
        assert read_one(source, "connections", NOW).value in {0.0, 1.0}


def test_a_child_does_not_use_its_parents_sessions(cluster: Cluster) -> None:
    with closing(postgresql(cluster, concurrency=1)) as source:
        ours = read_one(source, "SELECT pg_backend_pid()", NOW).value
        child = os.fork()
        if child == 0:
            theirs = read_one(source, "SELECT pg_backend_pid()", NOW).value
            os._exit(0 if theirs not in {None, ours} else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert read_one(source, "SELECT pg_backend_pid()", NOW).value == ours


def test_a_slow_question_holds_up_no_other(cluster: Cluster) -> None:
    with closing(postgresql(cluster, 2.0)) as source:
        slow, quick = source.read(
            [Query("slow", "SELECT 1 FROM pg_sleep(60)"), Query("quick", "SELECT 1")], NOW
        )
    assert (slow.outcome, quick.outcome) == (Outcome.TIMEOUT, Outcome.OK)


def test_doctor_warns_of_too_much_power(cluster: Cluster) -> None:
    with closing(postgresql(cluster, user="warroom", password=cluster.password)) as source:
        assert any(not one.ok and "superuser" in one.sentence for one in source.check())
    cluster.do("GRANT UPDATE ON item TO reader")
    try:
        with closing(postgresql(cluster)) as source:
            assert any(not one.ok and "write to 1 tables" in one.sentence for one in source.check())
    finally:
        cluster.do("REVOKE UPDATE ON item FROM reader")


def test_a_wrong_password_is_told_and_not_quoted(cluster: Cluster) -> None:
    with closing(postgresql(cluster, password="WRONG-ONE")) as source:
        reading = read_one(source, "SELECT 1", NOW)
        [finding] = source.check()
    assert reading.outcome is Outcome.ERROR
    assert "password authentication failed" in reading.detail
    assert not finding.ok
    assert "WRONG-ONE" not in reading.detail + finding.sentence


def test_nobody_there_is_an_error_at_once(cluster: Cluster) -> None:
    with closing(postgresql(cluster, port=1)) as source:
        assert read_one(source, "SELECT 1", NOW).outcome is Outcome.ERROR


def test_nothing_is_left_in_a_session_that_a_pooler_may_hand_on(cluster: Cluster) -> None:
    config = PostgreSQLConfig.model_validate(
        {**_GIVEN, "host": "127.0.0.1", "port": cluster.port, "sslmode": "disable"}
        | {"password": SECRET}
    )
    with closing(PgSession(config, LONG)) as session:
        for _ in range(12):
            assert session.value(Statement("SELECT 1"), 3.0) == 1.0
        left = Statement("SELECT count(*) FROM pg_prepared_statements")
        assert session.value(left, 3.0) == 0.0
        with session._connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout')")
            assert cursor.fetchone() == ("0",)


def test_closed_means_closed(cluster: Cluster) -> None:
    source = postgresql(cluster)
    source.close()
    assert "closed" in read_one(source, "SELECT 1", NOW).detail


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({}, "needs ca_file"),
        ({"sslmode": "prefer"}, "'disable', 'require'"),
        ({"sslmode": "require", "client_cert": "c.pem"}, "belong together"),
        ({"sslmode": "require", "host": "a b"}, "pattern"),
        ({"sslmode": "require", "port": 70_000}, "65535"),
        ({"sslmode": "require", "timeout": 0}, "between 1ms and 5m"),
    ],
)
def test_a_configuration_says_what_is_wrong(keys: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words) as caught:
        PostgreSQLConfig.model_validate({**_GIVEN, "password": SECRET, **keys})
    assert SECRET not in str(caught.value)


def test_doctor_warns_of_a_road_on_which_numbers_can_be_forged() -> None:
    keys = {**_GIVEN, "host": "192.0.2.1", "sslmode": "require", "timeout": SHORT}
    assert PostgreSQLConfig.model_validate(keys).exposed
    assert not PostgreSQLConfig.model_validate({**keys, "host": "/var/run/db"}).exposed
