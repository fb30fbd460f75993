"""Public status pages, their feeds and subscriptions. No login."""

from __future__ import annotations

from django.urls import path, re_path

from migrations_app.web import status

_FORMS = r"(?P<form>|status\.json|feed\.atom|feed\.rss|calendar\.ics)$"

urlpatterns = [
    re_path(rf"^status/(?P<slug>[a-z0-9][a-z0-9-]*)/{_FORMS}", status.page, name="status"),
    re_path(rf"^s/(?P<token>[\w-]{{43}})/{_FORMS}", status.page, name="status-link"),
    path("status/<slug:slug>/subscribe", status.subscribe, name="status-subscribe"),
    re_path(r"^s/(?P<token>[\w-]{43})/subscribe$", status.subscribe, name="status-link-subscribe"),
    path("mail/confirm/<str:proof>", status.confirm, name="mail-confirm"),
    path("mail/leave/<str:proof>", status.leave, name="mail-leave"),
]
