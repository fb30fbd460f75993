"""Metrics of a run over time: every check, and what was decided meanwhile."""

from migrations_app.reads.metrics.limits import limits_of, unit_of
from migrations_app.reads.metrics.page import Asked, Chart, Metrics, metrics

__all__ = ["Asked", "Chart", "Metrics", "limits_of", "metrics", "unit_of"]
