"""The Celery application: three queues, each with workers of its own."""

from __future__ import annotations

import os

from celery import Celery, signals
from kombu.entity import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warroom.settings")


@signals.setup_logging.connect  # type: ignore[untyped-decorator]  # Celery ships no types
def leave_logging_alone(**_: object) -> None:
    """It is set up by our settings, in workers as everywhere else; `-l` says nothing."""


app = Celery("warroom")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_queues = [
    Queue(name)  # type: ignore[no-untyped-call]  # kombu ships no types here
    for name in ("traffic", "metrics", "outbox")
]
app.autodiscover_tasks()
