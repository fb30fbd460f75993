"""The files an operator loads elsewhere, and what in them asks for our metrics."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
RULES = ROOT / "ops" / "prometheus" / "warroom.rules.yml"
DASHBOARD = ROOT / "ops" / "grafana" / "warroom.json"
DOCS = ROOT / "docs" / "operating.md"


def alerts() -> dict[str, dict[str, Any]]:
    """Every rule by its name."""
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def dashboard() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    return found


def panels() -> list[dict[str, Any]]:
    """Every panel that shows something: rows are none."""
    return [one for one in dashboard()["panels"] if one["type"] != "row"]


def queries() -> list[str]:
    """Every query of the dashboard, its variables filled in."""
    asked = [target["expr"] for panel in panels() for target in panel.get("targets", [])]
    return [one.replace("$__rate_interval", "5m").replace("$job", "warroom") for one in asked]


def metrics_in(text: str) -> set[str]:
    """The names of metrics in a query, as Prometheus stores them."""
    return set(re.findall(r"\b(?:warroom|process)_[a-z_]+", re.sub(r'"[^"]*"', "", text)))
