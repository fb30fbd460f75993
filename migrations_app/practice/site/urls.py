"""Warroom's own addresses and the panel's."""

from __future__ import annotations

from django.urls import include, path

from migrations_app.practice.site import panel

urlpatterns = [
    path("practice/panel", panel.show, name="practice-panel"),
    path("practice/sickness", panel.make, name="practice-sickness"),
    path("", include("migrations_app.urls")),
]
