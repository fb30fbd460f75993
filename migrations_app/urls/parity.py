"""Data parity of a run. Below `/runs/<run_id>/`."""

from __future__ import annotations

from django.urls import path

from migrations_app.web import parity

of_run = [
    path("parity/", parity.parity, name="parity"),
    path("parity.json", parity.as_json, name="parity-json"),
    path("parity.csv", parity.as_csv, name="parity-csv"),
]
