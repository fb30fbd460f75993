"""People of a run: handover, steps, nudges. Below `/runs/<run_id>/`."""

from __future__ import annotations

from django.urls import path

from migrations_app.web import crew

of_run = [
    path("handover/offer", crew.offer, name="handover-offer"),
    path("handover/accept", crew.accept, name="handover-accept"),
    path("handover/decline", crew.decline, name="handover-decline"),
    path("handover/withdraw", crew.withdraw, name="handover-withdraw"),
    path("handover/take-over", crew.take_over, name="handover-take-over"),
    path("steps/take", crew.take, name="step-take"),
    path("steps/put-down", crew.put_down, name="step-put-down"),
    path("steps/note", crew.note_at, name="step-note"),
    path("nudge", crew.nudge, name="nudge"),
]
