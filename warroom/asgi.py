"""The web process: Django's pages, and the streams that are held outside of it."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warroom.settings")

application = get_asgi_application()
