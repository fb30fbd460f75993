"""Django's entrance to the application."""

import logging
from importlib import import_module

from django.apps import AppConfig
from django.conf import settings

log = logging.getLogger(__name__)


class MigrationsAppConfig(AppConfig):
    name = "migrations_app"
    label = "migrations_app"
    verbose_name = "Warroom"

    def ready(self) -> None:
        """Register the system checks, and who listens: they need the models, there only now.

        What traces need is loaded only where somebody asked for them.
        """
        import_module("migrations_app.checks")
        import_module("migrations_app.actions.sessions")
        if settings.WARROOM_TRACES:
            _trace()


def _trace() -> None:
    try:
        traces = import_module("migrations_app.conductor.traces")
    except ImportError as error:
        log.warning(
            "traces were asked for, but %s is not installed: see docs/operating.md", error.name
        )
    else:
        traces.install()
