"""For every word: data with which its check passes, fails, and can't tell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from tests.domain.ready.samples import DAY, MINUTE, Series, counter, gauge, ramp

if TYPE_CHECKING:
    from collections.abc import Mapping

Worlds = tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """`blind`: what is there when nothing can be said, by what is the matter."""

    good: Worlds
    bad: Worlds
    blind: Mapping[str, Worlds]


def requests(ok: float, failed: float, track: str) -> Worlds:
    name = "http_requests_total"
    both = (
        counter(name, ok, track=track, code="200"),
        counter(name, failed, track=track, code="503"),
    )
    return both if failed else both[:1]


def latency(slow: float, track: str, each: float = 10) -> Worlds:
    """`slow` of all requests take between 0.25 and 1 s, the rest less than 0.1."""
    counts = {"0.1": 1 - slow, "0.25": 1 - slow, "1": 1.0, "+Inf": 1.0}
    name = "http_request_duration_seconds_bucket"
    return tuple(counter(name, each * part, track=track, le=le) for le, part in counts.items())


def longer(worlds: Worlds, span: int) -> Worlds:
    return tuple(replace(one, span=span) for one in worlds)


def ago(worlds: Worlds, back: int) -> Worlds:
    """Ended that long ago; the counters are then another process's."""
    return tuple(replace(one, ago=back, labels=(*one.labels, ("pid", "1"))) for one in worlds)


def debezium(behind: float, connected: float = 1, since: float = 1_000) -> Worlds:
    streaming = {"context": "streaming", "server": "orders"}
    return (
        gauge("debezium_metrics_MilliSecondsBehindSource", behind, **streaming),
        gauge("debezium_metrics_Connected", connected, server="orders"),
        gauge("debezium_metrics_MilliSecondsSinceLastEvent", since, **streaming),
    )


def slot(behind: float, active: float = 1) -> Worlds:
    name, labels = "pg_replication_slot_slot", {"slot_name": "orders_sub"}
    return (
        gauge(f"{name}_current_wal_lsn", 9e9, **labels),
        gauge(f"{name}_confirmed_flush_lsn", 9e9 - behind, **labels),
        gauge(f"{name}_is_active", active, **labels),
    )


def tuples(rows: float, track: str) -> Worlds:
    parts = ("inserted", "updated", "deleted")
    return tuple(counter(f"pg_stat_database_tup_{one}", rows, track=track) for one in parts)


def funnel(names: tuple[str, str], blue: float, green: float, tried: float = 10) -> Worlds:
    sides = {"blue": blue, "green": green}
    return tuple(
        counter(name, rate, track=track)
        for track, share in sides.items()
        for name, rate in zip(names, (tried, tried * share), strict=True)
    )


def cpu(used: float, pod: str = "a") -> Worlds:
    return (
        counter("container_cpu_usage_seconds_total", used, track="green", pod=pod),
        gauge("container_spec_cpu_quota", 200_000, track="green", pod=pod),
        gauge("container_spec_cpu_period", 100_000, track="green", pod=pod),
    )


def memory(used: float, limit: float = 1e9, pod: str = "a") -> Worlds:
    return (
        gauge("container_memory_working_set_bytes", used, track="green", pod=pod),
        gauge("container_spec_memory_limit_bytes", limit, track="green", pod=pod),
    )


def connections(count: float, allowed: float = 100) -> Worlds:
    open_ = "pg_stat_activity_count"
    return (
        gauge(open_, count / 2, track="green", state="active"),
        gauge(open_, count / 2, track="green", state="idle"),
        gauge("pg_settings_max_connections", allowed, track="green"),
    )


def cache(hits: float, misses: float) -> Worlds:
    return (
        counter("redis_keyspace_hits_total", hits, track="green"),
        counter("redis_keyspace_misses_total", misses, track="green"),
    )


def shadow(same: float, differing: float) -> Worlds:
    name = "shadow_compare_total"
    return (counter(name, same, result="match"), counter(name, differing, result="mismatch"))


def lag(messages: float) -> Worlds:
    name = "kafka_consumergroup_lag"
    halves = ({"partition": "0"}, {"partition": "1"})
    return tuple(gauge(name, messages / 2, consumergroup="orders", **one) for one in halves)


def dms(seconds: float, task: str = "T1") -> Worlds:
    labels = {"dimension_ReplicationTaskIdentifier": task}
    return (gauge("aws_dms_cdclatency_target_maximum", seconds, **labels),)


NOBODY: Final[Worlds] = ()
CALM: Final = requests(10, 0.01, "blue")
GREEN: Final = requests(10, 0, "green")
CHECKOUT: Final = ("checkout_started_total", "checkout_completed_total")
LOGIN: Final = ("auth_attempts_total", "auth_success_total")


def _slow(word: float, *, against_blue: bool) -> Scenario:
    blue = latency(0.001, "blue")
    few = latency(0.001, "green", each=0.1)
    blind = {"few requests": (*blue, *few), "no requests": blue}
    if against_blue:
        blind["no requests on BLUE"] = latency(0.001, "green")
    return Scenario((*blue, *latency(0.001, "green")), (*blue, *latency(word, "green")), blind)


def _burn(share: float, span: int) -> Worlds:
    return longer(requests(10 * (1 - share), 10 * share, "green"), span)


HOURS: Final = 60 * MINUTE

SCENARIOS: Final[Mapping[str, Scenario]] = {
    "error_ratio": Scenario(
        (*CALM, *GREEN),
        (*CALM, *requests(10, 0.5, "green")),
        {"no traffic": CALM, "few requests": (*CALM, *requests(0.1, 0, "green"))},
    ),
    "error_excess": Scenario(
        (*requests(10, 0.5, "blue"), *requests(10, 0.52, "green")),
        (*requests(10, 0.5, "blue"), *requests(10, 0.7, "green")),
        {"BLUE without traffic": GREEN},
    ),
    "latency_p95": _slow(0.2, against_blue=False),
    "latency_p99": _slow(0.03, against_blue=False),
    "latency_p95_vs_blue": _slow(0.2, against_blue=True),
    "latency_p99_vs_blue": _slow(0.03, against_blue=True),
    "traffic": Scenario(GREEN, requests(0.01, 0, "green"), {"never seen": CALM}),
    "traffic_share": Scenario(
        (*requests(75, 0, "blue"), *requests(25, 0, "green")),
        (*requests(99, 0, "blue"), *requests(1, 0, "green")),
        {"GREEN unseen": CALM},
    ),
    "traffic_drop": Scenario(
        (*GREEN, *ago(GREEN, DAY)),
        (*requests(5, 0, "green"), *ago(GREEN, DAY)),
        {"no yesterday": GREEN},
    ),
    "cpu": Scenario(
        (*cpu(1.0), *cpu(0.5, "b")), (*cpu(0.5), *cpu(1.9, "b")), {"no limit": cpu(1.9)[:1]}
    ),
    "memory": Scenario(
        (*memory(5e8), *memory(4e8, pod="b")),
        (*memory(5e8), *memory(9.6e8, pod="b")),
        {"no limit": memory(9e8, limit=0)},
    ),
    "connections": Scenario(
        connections(50), connections(90), {"limit unknown": connections(90)[:2]}
    ),
    "burn_fast": Scenario(_burn(0.0005, 2 * HOURS), _burn(0.02, 2 * HOURS), {"no traffic": NOBODY}),
    "burn_slow": Scenario(_burn(0.0005, 7 * HOURS), _burn(0.01, 7 * HOURS), {"no traffic": NOBODY}),
    "debezium_lag": Scenario(
        debezium(500),
        debezium(9_000),
        {
            "disconnected": debezium(500, connected=0),
            "silent": debezium(500, since=120_000),
            "no event yet": debezium(-1),
        },
    ),
    "kafka_lag": Scenario(lag(500), lag(50_000), {"no such group": NOBODY}),
    "kafka_lag_growth": Scenario(
        lag(500),
        (ramp("kafka_consumergroup_lag", 20, consumergroup="orders"),),
        {"no such group": NOBODY},
    ),
    "dms_lag": Scenario(dms(2), dms(60), {"another task": dms(2, "T2")}),
    "replication_slot_bytes": Scenario(
        slot(1024), slot(1e8), {"nobody reads it": slot(1024, active=0), "no such slot": NOBODY}
    ),
    "replica_lag": Scenario(
        (gauge("pg_replication_lag_seconds", 1, role="replica"),),
        (gauge("pg_replication_lag_seconds", 30, role="replica"),),
        {"only the primary": (gauge("pg_replication_lag_seconds", 0, role="primary"),)},
    ),
    "queue_depth": Scenario(
        (gauge("jobs_waiting", 20, queue="mail"),),
        (gauge("jobs_waiting", 5_000, queue="mail"),),
        {"another queue": (gauge("jobs_waiting", 20, queue="images"),)},
    ),
    "queue_growth": Scenario(
        (ramp("jobs_waiting", 0.1, queue="mail"),),
        (ramp("jobs_waiting", 3, queue="mail"),),
        {"another queue": (ramp("jobs_waiting", 3, queue="images"),)},
    ),
    "conversion_delta": Scenario(
        funnel(CHECKOUT, 0.5, 0.499),
        funnel(CHECKOUT, 0.5, 0.4),
        {"few checkouts": funnel(CHECKOUT, 0.5, 0.4, tried=0.1), "nobody": NOBODY},
    ),
    "auth_delta": Scenario(
        funnel(LOGIN, 0.98, 0.979),
        funnel(LOGIN, 0.98, 0.9),
        {"few logins": funnel(LOGIN, 0.98, 0.9, tried=0.1), "nobody": NOBODY},
    ),
    "shadow_mismatch": Scenario(
        shadow(50, 0.001), shadow(50, 0.5), {"few compared": shadow(0.1, 0), "none": NOBODY}
    ),
    "cache_hit_rate": Scenario(
        cache(95, 5), cache(50, 50), {"few reads": cache(0.5, 0.5), "unused": NOBODY}
    ),
    "write_amplification": Scenario(
        (*tuples(10, "blue"), *tuples(10.5, "green")),
        (*tuples(10, "blue"), *tuples(20, "green")),
        {"BLUE writes nothing": (*tuples(0, "blue"), *tuples(20, "green"))},
    ),
    "deadlocks": Scenario(
        (counter("pg_stat_database_deadlocks", 0, track="green"),),
        (counter("pg_stat_database_deadlocks", 0.05, track="green"),),
        {"not exported": NOBODY},
    ),
    "longest_transaction": Scenario(
        (gauge("pg_stat_activity_max_tx_duration", 5, track="green"),),
        (gauge("pg_stat_activity_max_tx_duration", 600, track="green"),),
        {"not exported": NOBODY},
    ),
}
