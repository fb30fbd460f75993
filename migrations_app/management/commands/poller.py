"""`manage.py poller`: find what is due and see that it is done. Run one or several."""

from __future__ import annotations

import signal
from typing import Any

from django.core.management.base import BaseCommand

from migrations_app.conductor.poll import Poller


class Command(BaseCommand):
    help = "Watches every live run. Needs PostgreSQL alone; several pollers are harmless."

    def handle(self, *args: Any, **options: Any) -> None:
        poller = Poller()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: poller.stop.set())
        self.stdout.write("poller: watching")
        poller.run()
