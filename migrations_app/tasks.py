"""Every Celery entrance. Arguments are ids; everything else is read from the database."""

from __future__ import annotations

from celery import shared_task
from django.db import close_old_connections

from migrations_app.conductor import evaluate as evaluation
from migrations_app.conductor import parity
from migrations_app.conductor import reconcile as reconciliation
from migrations_app.conductor import relay as relaying


@shared_task(name="warroom.traffic.reconcile")
def reconcile(route_id: int) -> None:
    """Visit a route."""
    close_old_connections()
    reconciliation.reconcile(route_id)


@shared_task(name="warroom.metrics.evaluate")
def evaluate(tick_id: int) -> None:
    """Read and judge one source of one run."""
    close_old_connections()
    evaluation.evaluate(tick_id)


@shared_task(name="warroom.metrics.compare")
def compare(parity_id: int) -> None:
    """Go on with a comparison of two databases."""
    close_old_connections()
    parity.compare(parity_id)


@shared_task(name="warroom.outbox.relay")
def relay(post_id: int) -> None:
    """Send what a channel has waiting."""
    close_old_connections()
    relaying.relay(post_id)
