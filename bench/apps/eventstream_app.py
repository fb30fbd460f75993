"""django-eventstream as its documentation sets it up: one process, no storage, no Redis."""

from __future__ import annotations

from django.conf import settings
from django.core.asgi import get_asgi_application

settings.configure(
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="bench-only",  # noqa: S106 (of a process that lives for a minute)
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django_eventstream"],
    MIDDLEWARE=[],
    DATABASES={},
    USE_TZ=True,
)
app = get_asgi_application()

import django_eventstream  # type: ignore[import-not-found]  # a peer's own environment has it
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def publish(request: HttpRequest) -> HttpResponse:
    """The same text as everybody's."""
    django_eventstream.send_event("room", "room", request.body.decode(), json_encode=False)
    return HttpResponse(status=204)


urlpatterns = [
    path("stream", include(django_eventstream.urls), {"channels": ["room"]}),
    path("publish", publish),
]
