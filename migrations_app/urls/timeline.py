"""The timeline of a run: its page, its search, its exports. Below `/runs/<run_id>/`."""

from __future__ import annotations

from django.urls import path

from migrations_app.web import timeline

of_run = [
    path("timeline/", timeline.timeline, name="timeline"),
    path("timeline.json", timeline.export, name="timeline-export"),
]
