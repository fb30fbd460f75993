"""Whether this process can serve: for the load balancer in front of us, not for people."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

if TYPE_CHECKING:
    from django.http import HttpRequest


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 (a view)
    """200 when PostgreSQL answers, 503 when it does not. Nothing else is needed to roll back."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return _said("the database does not answer", 503)
    return _said("ok")


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 (a view)
    """200 when a decision could be made here: the database answers, takes writes, and has every
    migration this release knows. 503 with the reason otherwise."""
    try:
        why_not = _why_not()
    except (DatabaseError, InterfaceError):
        why_not = "the database does not answer"
    return _said(why_not, 503) if why_not else _said("ready")


def _why_not() -> str:
    missing = _newest() - set(MigrationRecorder(connection).applied_migrations())
    if missing:
        return "the database is not migrated: run `manage.py migrate`"
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('transaction_read_only')")
        (read_only,) = cursor.fetchone()
    return (
        "the database takes no writes: it is a standby, or was told so" if read_only == "on" else ""
    )


@cache
def _newest() -> frozenset[tuple[str, str]]:
    """The last migration of every application, as this release brings them."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes())


def _said(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(f"{text}\n", "text/plain; charset=utf-8", status)
