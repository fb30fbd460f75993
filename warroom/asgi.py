"""The web process: Django's pages, and the streams that are held outside of it."""

from __future__ import annotations

import gc
import os

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.urls import reverse
from django.utils.module_loading import import_string

from migrations_app.live.counter import Counter
from migrations_app.live.followed import Followed
from migrations_app.live.guards import ALWAYS, Guarded, hsts
from migrations_app.live.hub import Hub
from migrations_app.live.stream import HoldStreams

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warroom.settings")

# Here every request has a thread of its own: a connection kept beyond it is kept for nobody, and
# stays open until the garbage collector comes by.
settings.DATABASES["default"]["CONN_MAX_AGE"] = 0

pages = get_asgi_application()
eyes = import_string("migrations_app.web.live.EYES")  # needs the applications that are set up now
status = import_string("migrations_app.web.status.SHELF")
address = import_string("migrations_app.web.status.address")
inside = Counter(HoldStreams(pages, Hub(eyes, settings.WARROOM_REDIS_URL)), status, address)
application = Guarded(Followed(inside), ALWAYS | hsts(settings.SECURE_HSTS_SECONDS))

# What the first request would load is loaded now, and the collector never looks at any of it again.
# A look at everything stops all streams for tens of milliseconds, the longer the more viewers.
reverse("runs")
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 100)
