"""Find the run that somebody means: by its number, or by its migration's slug."""

from __future__ import annotations

from django.core.management.base import CommandError

from migrations_app.domain.states import LIVE, State
from migrations_app.models import Run


def run_named(text: str) -> Run:
    """The run with this number, or the one of the migration with this slug that can go back.

    That is its live run, else the one that completed last. Two live ones have to be told apart.
    """
    runs = Run.objects.select_related("migration").order_by("-id")
    if text.isascii() and text.isdigit():
        found = runs.filter(pk=int(text)).first()
        if found is None:
            raise CommandError(f"There is no run {text}.")
        return found
    live = list(runs.filter(migration__slug=text, state__in=LIVE))
    if len(live) > 1:
        told = ", ".join(f"{run.pk} ({run.environment})" for run in live)
        raise CommandError(f"{text} has several live runs: {told}. Name one by its number.")
    found = live[0] if live else _completed(text)
    if found is None:
        raise CommandError(f'There is no live run of a migration "{text}".')
    return found


def _completed(slug: str) -> Run | None:
    done = Run.objects.select_related("migration").filter(migration__slug=slug)
    return done.filter(state=State.COMPLETED).order_by("-ended_at").first()
