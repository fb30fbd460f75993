"""Every address of the application."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from migrations_app.api.root import api
from migrations_app.urls import (
    accounts,
    comms,
    crew,
    hooks,
    metrics,
    parity,
    plans,
    sheet,
    slack,
    status,
    timeline,
)
from migrations_app.web import back, decide, exposition, health, room, runs, stream

_run = [
    path("", room.room, name="room"),
    path("mine", room.mine, name="mine"),
    path("stream", stream.stream, name="stream"),
    path("start", decide.start, name="start"),
    path("call-off", decide.call_off, name="call-off"),
    path("complete-step", decide.complete_step, name="complete-step"),
    path("sign-off", decide.sign_off, name="sign-off"),
    path("go", decide.go, name="go"),
    path("no-go", decide.no_go, name="no-go"),
    path("resume", decide.resume, name="resume"),
    path("complete", decide.complete, name="complete"),
    path("roll-back", back.roll_back, name="roll-back"),
    path("note", decide.note, name="note"),
    *timeline.of_run,
    *metrics.of_run,
    *parity.of_run,
    *plans.of_run,
    *sheet.of_run,
    *comms.of_run,
    *crew.of_run,
]

urlpatterns = [
    path("", runs.runs, name="runs"),
    path("runs/<int:run_id>/", include(_run)),
    path("migrations/<int:migration_id>/plan", runs.plan, name="plan"),
    *accounts.urlpatterns,
    *status.urlpatterns,
    *slack.urlpatterns,
    *hooks.urlpatterns,
    path("healthz", health.health, name="health"),
    path("readyz", health.ready, name="ready"),
    path("metrics", exposition.exposition, name="exposition"),
    path("api/v1/", api.urls),
    path("admin/", admin.site.urls),
]
