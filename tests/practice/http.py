"""Asking the practice range over HTTP."""

from __future__ import annotations

from collections import Counter

import httpx
from prometheus_client.parser import text_string_to_metric_families


def ask(url: str, *, token: str = "", put: dict[str, float] | None = None) -> tuple[int, bytes]:
    """GET, or PUT of `put`; returns status and body."""
    method = "GET" if put is None else "PUT"
    answer = httpx.request(method, url, json=put, headers={"X-Control-Token": token}, timeout=10)
    return answer.status_code, answer.content


def metric(url: str, name: str, *by: str, **where: str) -> Counter[str]:
    """The samples called `name` on a metrics page, added up by the labels `by`."""
    found: Counter[str] = Counter()
    for family in text_string_to_metric_families(ask(url)[1].decode()):
        for sample in family.samples:
            if sample.name == name and where.items() <= sample.labels.items():
                found[" ".join(sample.labels[label] for label in by)] += sample.value  # type: ignore[assignment]  # counts of floats
    return found
