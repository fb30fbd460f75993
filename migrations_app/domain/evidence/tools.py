"""Every tool whose files are understood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from migrations_app.domain.evidence import (
    chaos,
    k6,
    locust,
    online,
    schema_tools,
    terraform,
    vegeta,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from migrations_app.domain.evidence.report import Report


@dataclass(frozen=True, slots=True)
class Tool:
    """`read` raises `Unreadable`. `file`: what to hand in, in a few words."""

    title: str
    file: str
    read: Callable[[bytes], Report]


TOOLS: Final[Mapping[str, Tool]] = {
    "k6": Tool("k6", "the data of handleSummary", k6.report),
    "vegeta": Tool("Vegeta", "vegeta report -type=json", vegeta.report),
    "locust": Tool("Locust", "--json, or _stats.csv", locust.report),
    "terraform": Tool("Terraform, OpenTofu", "terraform show -json", terraform.report),
    "flyway": Tool("Flyway", "flyway info -outputType=json", schema_tools.flyway),
    "liquibase": Tool("Liquibase", "liquibase status", schema_tools.liquibase),
    "ghost": Tool("gh-ost", "its log, or the answer to `status`", online.ghost),
    "ptosc": Tool("pt-online-schema-change", "its output, stderr too", online.ptosc),
    "chaosmesh": Tool("Chaos Mesh", "kubectl get … -o json", chaos.chaosmesh),
    "litmus": Tool("Litmus", "kubectl get chaosresult … -o json", chaos.litmus),
}
