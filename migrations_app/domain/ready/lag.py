"""How far the new side is behind: change data capture, replication, queues."""

from __future__ import annotations

from typing import Final

from migrations_app.domain.ready.shape import Group, Param, ParamKind, Ready
from migrations_app.domain.ready.words import MORE, metric

_GROUP: Final = Param("group", ParamKind.WORD, "the consumer group", None)
_SLOT: Final = Param("slot", ParamKind.WORD, "the slot's name", None)
_QUEUE: Final = (
    metric("depth", "the gauge of what waits", None),
    Param("queue", ParamKind.SELECTOR, "what picks the queue", None),
)

LAG: Final = Group(
    "Change data capture and replication",
    (
        Ready(
            "debezium_lag",
            "Debezium keeps up",
            "Seconds from a change in the source's log to its event. Only while the connector is "
            "connected and has had an event lately: an idle one repeats its last value for ever.",
            (
                metric("behind", "how far behind", "debezium_metrics_MilliSecondsBehindSource"),
                metric("connected", "1 while connected", "debezium_metrics_Connected"),
                metric("since", "how long without an event",
                       "debezium_metrics_MilliSecondsSinceLastEvent"),
                Param("connector", ParamKind.SELECTOR, "what picks the connector", None),
                Param("heartbeat", ParamKind.NUMBER,
                      "seconds within which there is always an event", "60", 1, 86_400),
            ),
            {
                "query": 'max(<behind>{context="streaming", <connector>} >= 0) / 1000\n'
                "  and on () (min(<connected>{<connector>}) == 1)\n"
                '  and on () (max(<since>{context="streaming", <connector>}) '
                "<= 1000 * <heartbeat>)",
                "unit": "s",
                "fail_when": "> 5 s",
                "hold": "3m",
            },
            "Turn on `heartbeat.interval.ms`, or a quiet table is no data. The names of metrics "
            "depend on the rules of the JMX exporter. Clocks that differ count as lag.",
        ),
        Ready(
            "kafka_lag",
            "Messages that a consumer group has before it",
            "Messages, not time. A group that is gone has no data, which is not zero.",
            (metric("lag", "the lag by partition", "kafka_consumergroup_lag"), _GROUP, MORE),
            {
                "query": 'sum(<lag>{consumergroup="<group>", <more>})',
                "unit": "count",
                "fail_when": "> 10000",
                "hold": "3m",
            },
            "Set the limit from what the group gets done in the time you may be behind.",
        ),
        Ready(
            "kafka_lag_growth",
            "How fast that grows",
            "Messages per second that come in faster than they are handled.",
            (metric("lag", "the lag by partition", "kafka_consumergroup_lag"), _GROUP, MORE),
            {
                "query": 'sum(deriv(<lag>{consumergroup="<group>", <more>}[${window}]))',
                "unit": "1/s",
                "window": "10m",
                "fail_when": "> 10/s",
                "hold": "5m",
            },
            "A backlog that is worked off after a switch grows first: give it a hold.",
        ),
        Ready(
            "dms_lag",
            "AWS DMS keeps up",
            "Seconds by which the target is behind, from CloudWatch by way of an exporter.",
            (
                metric("latency", "the latency", "aws_dms_cdclatency_target_maximum"),
                Param("label", ParamKind.LABEL, "the label with the task's identifier",
                      "dimension_ReplicationTaskIdentifier"),
                Param("task", ParamKind.WORD, "the replication task's identifier", None),
                MORE,
            ),
            {
                "query": 'max(<latency>{<label>="<task>", <more>})',
                "unit": "s",
                "fail_when": "> 10 s",
                "hold": "5m",
            },
            "Zero or nothing while the task does not run: have a step that looks at its state. "
            "CloudWatch is one to three minutes late.",
        ),
        Ready(
            "replication_slot_bytes",
            "A logical slot's subscriber keeps up",
            "Bytes of WAL that the subscriber has not confirmed. Only while the slot is active: "
            "an abandoned one stops reporting, and fills the disk.",
            (
                metric("written", "written up to",
                       "pg_replication_slot_slot_current_wal_lsn"),
                metric("confirmed", "confirmed up to",
                       "pg_replication_slot_slot_confirmed_flush_lsn"),
                metric("active", "1 while somebody reads it",
                       "pg_replication_slot_slot_is_active"),
                _SLOT,
                MORE,
            ),
            {
                "query": 'max(<written>{slot_name="<slot>", <more>}'
                ' - <confirmed>{slot_name="<slot>", <more>})\n'
                '  and on () (min(<active>{slot_name="<slot>", <more>}) == 1)',
                "unit": "B",
                "fail_when": "> 64 MiB",
                "hold": "3m",
            },
            "The names are postgres_exporter's. Sequences are not replicated at all.",
        ),
        Ready(
            "replica_lag",
            "The slowest replica",
            "Seconds by which a physical replica replays late.",
            (
                metric("lag", "the lag", "pg_replication_lag_seconds"),
                Param("replicas", ParamKind.SELECTOR, "what picks the replicas", None),
            ),
            {
                "query": "max(<lag>{<replicas>})",
                "unit": "s",
                "fail_when": "> 5 s",
                "hold": "2m",
            },
            "Without writes a replica has nothing to replay, and its lag only seems to grow.",
        ),
    ),
)  # fmt: skip

QUEUES: Final = Group(
    "Queues",
    (
        Ready(
            "queue_depth",
            "What waits in the queue",
            "Jobs that nobody has taken yet.",
            _QUEUE,
            {
                "query": "sum(<depth>{<queue>})",
                "unit": "count",
                "fail_when": "> 1000",
                "hold": "5m",
            },
        ),
        Ready(
            "queue_growth",
            "How fast the queue grows",
            "Jobs per second that come in faster than they are done: it tells before the depth.",
            _QUEUE,
            {
                "query": "sum(deriv(<depth>{<queue>}[${window}]))",
                "unit": "1/s",
                "window": "10m",
                "fail_when": "> 1/s",
                "hold": "5m",
            },
        ),
    ),
)
