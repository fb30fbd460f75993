"""Metrics of a run, drawn. Below `/runs/<run_id>/`."""

from __future__ import annotations

from django.urls import path

from migrations_app.web import metrics

of_run = [
    path("metrics/", metrics.metrics, name="metrics"),
    path("metrics.csv", metrics.as_csv, name="metrics-csv"),
    path("metrics/<str:check>/past", metrics.past, name="metrics-past"),
]
