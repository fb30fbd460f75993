"""The break-glass sheet of a run. Below `/runs/<run_id>/`."""

from __future__ import annotations

from django.urls import path

from migrations_app.web import sheet

of_run = [
    path("sheet.html", sheet.as_html, name="sheet"),
    path("sheet.txt", sheet.as_text, name="sheet-text"),
]
