"""Where other systems send what they have to tell."""

from __future__ import annotations

from django.urls import path

from migrations_app.web import alerts

urlpatterns = [
    path("hooks/alerts/alertmanager", alerts.alertmanager, name="hook-alertmanager"),
    path("hooks/alerts/grafana", alerts.grafana, name="hook-grafana"),
    path("hooks/alerts/pagerduty", alerts.pagerduty, name="hook-pagerduty"),
]
