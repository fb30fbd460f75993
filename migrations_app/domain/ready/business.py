"""What customers notice, and what the databases do for it."""

from __future__ import annotations

from typing import Final

from migrations_app.domain.ready.shape import Group, Param, ParamKind, Ready
from migrations_app.domain.ready.words import BLUE, GREEN, metric

_PERCENT: Final = """\
100 * sum(increase(<%s>{<%s>}[${window}]))
  / (sum(increase(<%s>{<%s>}[${window}])) > 0)"""
_ROWS: Final = "+ on () ".join(
    f"sum(rate(pg_stat_database_tup_{what}{{<%s>}}[${{window}}]))\n"
    for what in ("inserted", "updated", "deleted")
)


def _delta(
    word: str, title: str, means: str, names: tuple[Param, Param], **rule: str | int
) -> Ready:
    """Successes of attempts, GREEN next to BLUE, from enough attempts on GREEN."""
    tried, done = (one.name for one in names)
    return Ready(
        word,
        title,
        means,
        (*names, GREEN, BLUE),
        {
            "query": _PERCENT % (done, "green", tried, "green"),
            "blue_query": _PERCENT % (done, "blue", tried, "blue"),
            "samples_query": f"sum(increase(<{tried}>{{<green>}}[${{window}}]))",
            "unit": "%",
            **rule,
        },
        "Relative to BLUE: from 50 % to 49 % is -2 %. Same clients on both sides, or the "
        "difference is theirs.",
    )


CUSTOMERS: Final = Group(
    "What customers notice",
    (
        _delta(
            "conversion_delta",
            "Conversion, GREEN next to BLUE",
            "Checkouts completed of those started. Every signal can be fine while nobody buys.",
            (
                metric("started", "the counter of those who begin", "checkout_started_total"),
                metric("completed", "of those who finish", "checkout_completed_total"),
            ),
            min_samples=500, window="15m", fail_when="worse than -2 % vs blue", hold="10m",
        ),
        _delta(
            "auth_delta",
            "Logins, GREEN next to BLUE",
            "Logins that succeed of those tried: lost sessions and secrets show here first.",
            (
                metric("attempts", "the counter of logins tried", "auth_attempts_total"),
                metric("successes", "of those that succeed", "auth_success_total"),
            ),
            min_samples=200, window="5m", fail_when="worse than -1 % vs blue", hold="2m",
        ),
        Ready(
            "shadow_mismatch",
            "Shadow answers that differ",
            "The share of compared answers in which GREEN says something else than BLUE.",
            (
                metric("compared", "the counter of answers compared", "shadow_compare_total"),
                Param("label", ParamKind.LABEL, "the label with what came out", "result"),
                Param("differs", ParamKind.WORD, "its value for a difference", "mismatch"),
                Param("shadow", ParamKind.SELECTOR, "further matchers", ""),
            ),
            {
                "query": '100 * (sum(rate(<compared>{<label>="<differs>", <shadow>}[${window}]))'
                " or vector(0))\n  / (sum(rate(<compared>{<shadow>}[${window}])) > 0)",
                "samples_query": "sum(increase(<compared>{<shadow>}[${window}]))",
                "min_samples": 1000,
                "unit": "%",
                "window": "15m",
                "fail_when": "> 0.1 %",
            },
            "Times, generated ids and the order of lists differ always: compare without them.",
        ),
    ),
)  # fmt: skip

CACHES: Final = Group(
    "Caches",
    (
        Ready(
            "cache_hit_rate",
            "Cache hits on GREEN",
            "A cold cache on GREEN sends everything to its database.",
            (
                metric("hits", "the counter of hits", "redis_keyspace_hits_total"),
                metric("misses", "of misses", "redis_keyspace_misses_total"),
                GREEN,
            ),
            {
                "query": "100 * sum(rate(<hits>{<green>}[${window}])) / (\n"
                "  sum(rate(<hits>{<green>}[${window}])) + on ()\n"
                "  sum(rate(<misses>{<green>}[${window}])) > 0)",
                "samples_query": "sum(increase(<hits>{<green>}[${window}])) + on ()\n"
                "  sum(increase(<misses>{<green>}[${window}]))",
                "min_samples": 1000,
                "unit": "%",
                "window": "5m",
                "fail_when": "< 80 %",
                "hold": "10m",
            },
            "The defaults are redis_exporter's. Warm the cache before the first weight.",
        ),
    ),
)

DATABASES: Final = Group(
    "Databases",
    (
        Ready(
            "write_amplification",
            "Rows written on GREEN for each on BLUE",
            "With dual writes both sides write the same. More on GREEN: a trigger, a retry, or a "
            "loop that copies back what it was given.",
            (GREEN, BLUE),
            {
                "query": f"({_ROWS % (('green',) * 3)})\n/ on () ({_ROWS % (('blue',) * 3)} > 0)",
                "unit": "x",
                "window": "5m",
                "fail_when": "> 1.5x",
                "hold": "5m",
            },
            "The metrics are postgres_exporter's. A backfill writes on GREEN alone: wait for it.",
        ),
        Ready(
            "deadlocks",
            "Deadlocks in GREEN's database",
            "Deadlocks in the window. New indexes and another order of writes bring them.",
            (metric("deadlocks", "the counter", "pg_stat_database_deadlocks"), GREEN),
            {
                "query": "sum(increase(<deadlocks>{<green>}[${window}]))",
                "unit": "count",
                "window": "5m",
                "fail_when": "> 1",
            },
            "An increase is estimated to the edges of the window, and so not a whole number.",
        ),
        Ready(
            "longest_transaction",
            "The oldest transaction in GREEN's database",
            "A transaction that never ends holds locks, and everything that vacuum could free.",
            (metric("age", "its age in seconds", "pg_stat_activity_max_tx_duration"), GREEN),
            {
                "query": "max(<age>{<green>})",
                "unit": "s",
                "fail_when": "> 60 s",
                "hold": "1m",
            },
            "The metric is postgres_exporter's. A backup runs long on purpose: leave its user out.",
        ),
    ),
)
