"""Result files by the documented shapes, with numbers of our own."""

from __future__ import annotations

import json
from typing import Any, Final


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()


def k6(**changes: Any) -> dict[str, Any]:
    trend = {"avg": 120.5, "min": 3.1, "med": 100, "max": 900.0, "p(90)": 300.0, "p(95)": 420.25}
    metrics = {
        "http_req_duration": {
            "type": "trend", "contains": "time", "values": trend,
            "thresholds": {"p(95)<400": {"ok": False}, "avg<200": {"ok": True}},
        },
        "http_req_failed": {
            "type": "rate", "contains": "default",
            "values": {"rate": 0.0125, "passes": 50, "fails": 3950},
            "thresholds": {"rate<0.01": {"ok": False}},
        },
        "http_reqs": {
            "type": "counter", "contains": "default", "values": {"count": 4000, "rate": 66.5},
        },
        "data_sent": {
            "type": "counter", "contains": "data", "values": {"count": 8192, "rate": 130.0},
        },
        "vus": {"type": "gauge", "contains": "default", "values": {"value": 5, "min": 1}},
    }  # fmt: skip
    state = {"isStdOutTTY": False, "testRunDurationMs": 60150.2}
    return {"root_group": {"name": ""}, "options": {}, "state": state, "metrics": metrics} | changes


K6_EXPORT: Final = {
    "metrics": {"http_req_duration": {"avg": 1, "p(95)": 2, "thresholds": {"p(95)<1": True}}}
}


def vegeta(**changes: Any) -> dict[str, Any]:
    return {
        "latencies": {
            "total": 237119463, "mean": 2371194, "50th": 2854306, "90th": 3228223,
            "95th": 3478629, "99th": 3530000, "max": 3660505, "min": 1949582,
        },
        "bytes_in": {"total": 606700, "mean": 6067},
        "bytes_out": {"total": 0, "mean": 0},
        "earliest": "2026-08-01T12:00:00.123456789+02:00",
        "latest": "2026-08-01T12:00:01.123456789+02:00",
        "end": "2026-08-01T12:00:01.127000000+02:00",
        "duration": 990000000, "wait": 3660505, "requests": 200, "rate": 101.5,
        "throughput": 99.5, "success": 0.97,
        "status_codes": {"0": 1, "200": 190, "204": 4, "500": 2, "503": 3},
        "errors": ["503 Service Unavailable: token=hunter2"],
    } | changes  # fmt: skip


def locust_entry(**changes: Any) -> dict[str, Any]:
    return {
        "name": "/orders", "method": "GET",
        "last_request_timestamp": 1785585660.5, "start_time": 1785585600.5,
        "num_requests": 90, "num_none_requests": 0, "num_failures": 9,
        "total_response_time": 900.0, "max_response_time": 51.0, "min_response_time": 1.0,
        "total_content_length": 1, "response_times": {"5": 80, "50": 10},
        "num_reqs_per_sec": {"1785585600": 90}, "num_fail_per_sec": {},
    } | changes  # fmt: skip


LOCUST_CSV: Final = (
    "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,"
    "Min Response Time,Max Response Time,Average Content Size,Requests/s,Failures/s,"
    "50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%\n"
    "GET,/orders,90,9,5,10.0,1.0,51.0,3.0,1.5,0.1,5,5,5,5,50,50,50,50,51,51,51\n"
    ",Aggregated,100,9,5,10.0,1.0,51.0,3.0,1.75,0.1,5,5,5,5,48,50,50,51,51,51,51\n"
)


def change(*actions: str) -> dict[str, Any]:
    values = {"before": {"password": "hunter2"}, "after": {"password": "hunter3"}}
    return {"address": "aws_db.orders", "change": {"actions": list(actions), **values}}


def terraform(**changes: Any) -> dict[str, Any]:
    return {
        "format_version": "1.2", "terraform_version": "1.9.0",
        "variables": {"db_password": {"value": "hunter2"}},
        "planned_values": {"root_module": {"resources": [{"values": {"password": "hunter2"}}]}},
        "resource_changes": [
            change("no-op"), change("read"), change("create"), change("update"),
            change("delete"), change("delete", "create"), change("create", "delete"),
        ],
        "resource_drift": [change("update"), change("no-op")],
        "timestamp": "2026-08-01T12:00:00Z", "errored": False,
    } | changes  # fmt: skip


def flyway(**changes: Any) -> dict[str, Any]:
    states = ["Success", "Success", "Pending", "Failed", "Missing Success", "Baseline"]
    return {
        "schemaVersion": "2", "schemaName": "public", "flywayVersion": "11.0.0",
        "database": "jdbc:postgresql://orders?password=hunter2", "operation": "info",
        "migrations": [{"version": str(at), "state": one} for at, one in enumerate(states)],
    } | changes  # fmt: skip


LIQUIBASE_BEHIND: Final = (
    "Liquibase Version: 4.29.0\n"
    "3 changesets have not been applied to orders@jdbc:postgresql://db:5432/orders\n"
    "Liquibase command 'status' was executed successfully.\n"
)
LIQUIBASE_DONE: Final = "orders@jdbc:postgresql://db:5432/orders is up to date\n"

GHOST: Final = (
    "# Migrating `shop`.`orders`; Ghost table is `shop`.`_orders_gho`\n"
    "Copy: 0/2915 0.0%; Applied: 0; Backlog: 0/1000; Time: 1s(total), 0s(copy); "
    "streamer: mysql-bin.000032:3172; Lag: 0.01s, HeartbeatLag: 0.02s, State: migrating; "
    "ETA: N/A\n"
    "Copy: 1000/2915 34.3%; Applied: 7; Backlog: 3/1000; Time: 9s(total), 8s(copy); "
    "streamer: mysql-bin.000032:4000; Lag: 1.52s, HeartbeatLag: 1.61s, "
    "State: throttled, lag=1.520000s; ETA: 1m15s\n"
)
PTOSC: Final = (
    "Altering `shop`.`orders`...\n"
    "Copying `shop`.`orders`:  12% 03:36 remain\n"
    "Copying `shop`.`orders`:  64% 01:00:05 remain\n"
)


def mesh(*true: str, records: tuple[str, ...] = (), **changes: Any) -> dict[str, Any]:
    kinds = ("Selected", "AllInjected", "AllRecovered", "Paused")
    conditions = [{"type": one, "status": "True" if one in true else "False"} for one in kinds]
    phases = [{"id": f"ns/pod-{at}", "phase": one} for at, one in enumerate(records)]
    status = {"conditions": conditions,
              "experiment": {"desiredPhase": "Stop", "containerRecords": phases}}  # fmt: skip
    return {"apiVersion": "chaos-mesh.org/v1alpha1", "kind": "PodChaos", "status": status} | changes


def litmus(verdict: str = "Pass", probes: object = "100", **changes: Any) -> dict[str, Any]:
    experiment = {"phase": "Completed", "verdict": verdict, "probeSuccessPercentage": probes}
    return {
        "apiVersion": "litmuschaos.io/v1alpha1", "kind": "ChaosResult",
        "metadata": {"name": "orders-pod-delete"}, "status": {"experimentStatus": experiment},
    } | changes  # fmt: skip
