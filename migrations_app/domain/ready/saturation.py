"""Saturation: how full the fullest is."""

from __future__ import annotations

from typing import Final

from migrations_app.domain.ready.shape import Group, Param, ParamKind, Ready
from migrations_app.domain.ready.words import GREEN, metric

_BY: Final = Param("by", ParamKind.LABEL, "what one instance is told apart by", "pod")

SATURATION: Final = Group(
    "Saturation",
    (
        Ready(
            "cpu",
            "CPU of the busiest instance of GREEN",
            "CPU used, of what the container may use, on the instance that is worst off.",
            (
                metric("used", "CPU seconds used", "container_cpu_usage_seconds_total"),
                metric("quota", "the quota in one period", "container_spec_cpu_quota"),
                metric("period", "that period", "container_spec_cpu_period"),
                _BY,
                GREEN,
            ),
            {
                "query": "100 * max(sum by (<by>) (rate(<used>{<green>}[${window}]))\n"
                "  / (sum by (<by>) (<quota>{<green>}) / sum by (<by>) (<period>{<green>}) > 0))",
                "unit": "%",
                "window": "5m",
                "fail_when": "> 85 %",
                "hold": "5m",
            },
            "The defaults are cAdvisor's. A container without a limit has no quota, and so no "
            "data. Two containers in one pod add up: pick one with `green`.",
        ),
        Ready(
            "memory",
            "Memory of the fullest instance of GREEN",
            "Memory in use, of the limit at which the kernel kills, on the instance worst off.",
            (
                metric("used", "bytes in use", "container_memory_working_set_bytes"),
                metric("limit", "the limit in bytes", "container_spec_memory_limit_bytes"),
                _BY,
                GREEN,
            ),
            {
                "query": "100 * max(sum by (<by>) (<used>{<green>})\n"
                "  / (sum by (<by>) (<limit>{<green>}) > 0))",
                "unit": "%",
                "fail_when": "> 90 %",
                "hold": "2m",
            },
            "The defaults are cAdvisor's, where a limit of 0 means none: no data.",
        ),
        Ready(
            "connections",
            "Connections of GREEN's database",
            "Connections open, of those allowed. A new side with larger pools runs out first.",
            (
                metric("open", "connections open", "pg_stat_activity_count"),
                metric("allowed", "connections allowed", "pg_settings_max_connections"),
                GREEN,
            ),
            {
                "query": "100 * sum(<open>{<green>}) / (min(<allowed>{<green>}) > 0)",
                "unit": "%",
                "fail_when": "> 80 %",
                "hold": "2m",
            },
            "The defaults are postgres_exporter's. Some of the allowed are kept for superusers.",
        ),
    ),
)
