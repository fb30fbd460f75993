"""A Django application with Warroom's switches, for `uvicorn tests.fakes.switch_django:app`."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path

from migrations_app.drivers.switch.client.warroom_switch import (
    DUAL_WRITE,
    PERCENT,
    Hook,
    Switches,
)
from migrations_app.drivers.switch.client.warroom_switch_django import hook_view
from migrations_app.drivers.switch.client.warroom_switch_stores import SqlStore

settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="tests-only-" + "x" * 50,
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
    ],
    DATABASES={
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["SWITCH_STORE"]}
    },
)
app = get_asgi_application()
switches = Switches(
    SqlStore(lambda: connection),
    {"read_path": PERCENT, "dual_write": DUAL_WRITE},
    name=os.environ["SWITCH_INSTANCE"],
    every=0.02,
)
switches.start()


def site(request: HttpRequest) -> JsonResponse:
    """Says which side `?key=` is on."""
    green = switches.goes_green("read_path", request.GET.get("key", ""))
    acts = {"side": "green" if green else "blue", "dual_write": switches.value("dual_write")}
    return JsonResponse(acts)


hook = Hook(switches, [os.environ["SWITCH_SECRET"]], settle=8.0)
urlpatterns = [path("", site), path("switches/<str:switch>", hook_view(hook))]
