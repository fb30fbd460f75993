"""The ready-made questions about replication, at real replication."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from migrations_app.domain.reading import Outcome, Query
from migrations_app.sources.postgresql.ready import READY
from migrations_app.sources.sql.ready import written
from tests.real_postgres import Trio, trio
from tests.sources.build import NOW, read_one
from tests.sources.postgres import postgresql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.sources.postgresql.source import PostgreSQLSource

# What a healthy trio answers; the rest of READY is any number that is not negative.
_PRIMARY = {
    "replication_lag(standby)": 0.0,
    "replication_lag(items)": 0.0,
    "replication_bytes(standby)": 0.0,
    "replicas": 2.0,
    "slot_active(items)": 1.0,
    "slot_lost(items)": 0.0,
    "slot_bytes(items)": 0.0,
    "deadlocks(orders)": 0.0,
}
_SUBSCRIBER = {
    "subscription_running(items)": 1.0,
    "subscription_errors(items)": 0.0,
    "subscription_unready(items)": 0.0,
}
_HERE = {
    "slot": "items",
    "application_name": "standby",
    "database": "orders",
    "subscription": "items",
}


@pytest.fixture(scope="module")
def clusters() -> Iterator[Trio]:
    with trio() as clusters:
        yield clusters


def test_what_is_caught_up_is_not_behind(clusters: Trio) -> None:
    with closing(postgresql(clusters.primary)) as source:
        assert _until(source, _PRIMARY) == _PRIMARY
    with closing(postgresql(clusters.subscriber)) as source:
        assert _until(source, _SUBSCRIBER) == _SUBSCRIBER
        assert 0 <= _value(source, "subscription_lag(items)") < 60
    with closing(postgresql(clusters.standby)) as source:
        assert _until(source, {"standby_lag": 0.0}) == {"standby_lag": 0.0}


def test_a_standby_that_stands_still_falls_behind(clusters: Trio) -> None:
    with _standing_still(clusters), closing(postgresql(clusters.primary)) as source:
        clusters.primary.do("INSERT INTO item SELECT n, n FROM generate_series(1000, 2000) AS n")
        clusters.primary.until(
            "SELECT replay_lsn < write_lsn AND replay_lag IS NOT NULL FROM pg_stat_replication "
            "WHERE application_name = 'standby'"
        )
        assert _value(source, "replication_bytes(standby)") > 10_000
        assert _value(source, "replication_lag(standby)") > 0
        with closing(postgresql(clusters.standby)) as standby:
            assert _value(standby, "standby_lag") > 0


def test_a_subscription_that_is_switched_off_is_seen_on_both_sides(clusters: Trio) -> None:
    with _switched_off(clusters), closing(postgresql(clusters.primary)) as source:
        clusters.primary.do("INSERT INTO item SELECT n, n FROM generate_series(3000, 4000) AS n")
        assert _until(source, {"slot_active(items)": 0.0}) == {"slot_active(items)": 0.0}
        assert _value(source, "slot_bytes(items)") > 10_000
        assert _value(source, "slot_retained(items)") > 10_000
        gone = read_one(source, "replication_lag(items)", NOW)
        assert gone.outcome is Outcome.EMPTY
        assert "connected" in gone.detail
        with closing(postgresql(clusters.subscriber)) as other:
            assert _until(other, {"subscription_running(items)": 0.0})
            assert read_one(other, "subscription_lag(items)", NOW).outcome is Outcome.EMPTY


def test_rows_that_clash_are_errors_of_the_subscription(clusters: Trio) -> None:
    clusters.subscriber.do("INSERT INTO item VALUES (9000, 1)")
    clusters.primary.do("INSERT INTO item VALUES (9000, 2)")
    try:
        clusters.subscriber.until("SELECT apply_error_count > 0 FROM pg_stat_subscription_stats")
        with closing(postgresql(clusters.subscriber)) as source:
            assert _value(source, "subscription_errors(items)") >= 1
    finally:
        clusters.subscriber.do("DELETE FROM item WHERE id = 9000")
        clusters.subscriber.until("SELECT count(*) = 1 FROM item WHERE id = 9000")
        clusters.subscriber.do("SELECT pg_stat_reset_subscription_stats(NULL)")


def test_every_ready_made_question_is_understood_wherever_it_is_asked(clusters: Trio) -> None:
    """On the wrong server it is no data, or refused in words; never a number for granted."""
    texts = [_filled(name) for name in READY]
    for cluster in clusters:
        with closing(postgresql(cluster)) as source:
            readings = source.read([Query(text, text) for text in texts], NOW)
        for reading in readings:
            assert reading.outcome in {Outcome.OK, Outcome.EMPTY, Outcome.ERROR}
            assert reading.outcome is not Outcome.ERROR or "recovery" in reading.detail
            assert reading.value is None or reading.value >= 0


def test_what_is_not_there_is_no_data_and_never_zero(clusters: Trio) -> None:
    with closing(postgresql(clusters.primary)) as source:
        for name, ready in READY.items():
            if ready.params:
                reading = read_one(source, f"{name}(nobody)", NOW)
                assert reading.outcome is Outcome.EMPTY, name
                assert reading.detail.endswith("that is not zero")


def test_who_may_not_see_others_gets_no_data_and_never_zero(clusters: Trio) -> None:
    clusters.primary.do("REVOKE pg_monitor FROM reader")
    texts = ["replication_lag(standby)", "replication_bytes(standby)", "replicas", "connections"]
    try:
        with closing(postgresql(clusters.primary)) as source:
            for text in [*texts, "lock_waits", "longest_transaction", "connections_share"]:
                reading = read_one(source, text, NOW)
                assert reading.outcome is Outcome.EMPTY, text
                assert "pg_monitor" in reading.detail
            assert any("pg_monitor" in finding.sentence for finding in source.check())
    finally:
        clusters.primary.do("GRANT pg_monitor TO reader")


def _filled(name: str) -> str:
    one = READY[name]
    args = ", ".join(_HERE[param] for param in one.params)
    assert written(name, one).startswith(name)
    return f"{name}({args})" if args else name


def _value(source: PostgreSQLSource, text: str) -> float:
    reading = read_one(source, text, NOW)
    assert reading.value is not None, reading
    return reading.value


def _until(source: PostgreSQLSource, wanted: dict[str, float]) -> dict[str, float | None]:
    """Asks until it answers that; what it answered last."""
    found: dict[str, float | None] = {}
    for _ in range(400):
        readings = source.read([Query(text, text) for text in wanted], NOW)
        found = {one.query: one.value for one in readings}
        if found == wanted:
            break
    return found


@contextmanager
def _standing_still(clusters: Trio) -> Iterator[None]:
    clusters.standby.do("SELECT pg_wal_replay_pause()")
    clusters.standby.until("SELECT pg_get_wal_replay_pause_state() = 'paused'")
    try:
        yield
    finally:
        clusters.standby.do("SELECT pg_wal_replay_resume()")


@contextmanager
def _switched_off(clusters: Trio) -> Iterator[None]:
    clusters.subscriber.do("ALTER SUBSCRIPTION items DISABLE")
    try:
        yield
    finally:
        clusters.subscriber.do("ALTER SUBSCRIPTION items ENABLE")
