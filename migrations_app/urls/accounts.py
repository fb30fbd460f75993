"""Signing in, second factors, re-authentication."""

from __future__ import annotations

from django.urls import path

from migrations_app.web import login

urlpatterns = [
    path("login/", login.sign_in, name="login"),
    path("logout/", login.sign_out, name="logout"),
]
