"""The plan of a run, what a phase would bring, and the page for those who watch.

Below `/runs/<run_id>/`.
"""

from __future__ import annotations

from django.urls import path

from migrations_app.web import plans, watch

of_run = [
    path("plan/", plans.plan_page, name="plan-page"),
    path("preview/<slug:phase>", plans.preview, name="preview"),
    path("watch/", watch.watch, name="watch"),
]
