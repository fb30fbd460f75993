"""Django's entrance to the application."""

from importlib import import_module

from django.apps import AppConfig
from django.conf import settings


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
            import_module("migrations_app.conductor.traces").install()
