"""Our own metrics, as Prometheus reads them: what PostgreSQL knows, and what this process counts.

For a bearer token, or, where none was set, for this machine alone. No label holds anything that
anybody typed.
"""

from __future__ import annotations

import time
from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError
from django.http import HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from migrations_app.live.meters import REGISTRY
from migrations_app.reads.signs import SIGNS
from migrations_app.reads.vitals import Vitals, vitals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.http import HttpRequest
    from prometheus_client import Metric

_FORWARDED: Final = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Via")


@login_not_required
@never_cache
@require_safe
def exposition(request: HttpRequest) -> HttpResponse:
    """200 with everything, 503 without PostgreSQL; 401 or 403 for whoever it is not for."""
    if (refusal := _refusal(request)) is not None:
        return refusal
    try:
        known = vitals()
    except (DatabaseError, InterfaceError):
        return _plain("the database does not answer", HTTPStatus.SERVICE_UNAVAILABLE)
    page = CollectorRegistry()
    page.register(_Everything(known, time.time()))
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return HttpResponse(encode(page), content_type)


def _refusal(request: HttpRequest) -> HttpResponse | None:
    token = settings.WARROOM_METRICS_TOKEN
    if token:
        scheme, _, said = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and constant_time_compare(said.strip(), token):
            return None
        answer = _plain("this takes the token of WARROOM_METRICS_TOKEN", HTTPStatus.UNAUTHORIZED)
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    if _from_here(request):
        return None
    return _plain(
        "this is for this machine alone, until WARROOM_METRICS_TOKEN is set", HTTPStatus.FORBIDDEN
    )


def _from_here(request: HttpRequest) -> bool:
    """Asked on this machine, and not by a proxy on it for somebody else."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(str(request.META.get("REMOTE_ADDR", ""))).is_loopback
    except ValueError:
        return False


class _Everything(Collector):
    """`now`: this process's own clock, as the database's was read."""

    def __init__(self, known: Vitals, now: float) -> None:
        self._known, self._now = known, now

    def collect(self) -> Iterator[Metric]:
        yield from _signs(self._known)
        yield from _by_label(self._known)
        yield _clocks(self._known, self._now)
        yield from REGISTRY.collect()


def _signs(known: Vitals) -> Iterator[Metric]:
    for sign in SIGNS:
        value = known.signs[sign.name]
        family = GaugeMetricFamily(sign.name, sign.means)
        if value is not None:
            family.add_metric((), value)
        yield family


def _by_label(known: Vitals) -> Iterator[Metric]:
    yield _family("warroom_runs", "Runs, by state and kind.", ("state", "kind"), known.runs.items())
    yield _family(
        "warroom_work_overdue_seconds",
        "For how long the first of what a poller hands out has been due.",
        ("what",),
        (((what,), seconds) for what, seconds in known.overdue.items()),
    )


def _clocks(known: Vitals, now: float) -> Metric:
    skews = [(("web",), now - known.database)]
    if known.poller is not None:
        said, database = known.poller
        skews.append((("poller",), said - database))
    means = "How far a process's clock is ahead of the database's."
    return _family("warroom_clock_skew_seconds", means, ("process",), skews)


def _family(
    name: str,
    means: str,
    labels: tuple[str, ...],
    values: Iterable[tuple[tuple[str, ...], float]],
) -> Metric:
    family = GaugeMetricFamily(name, means, labels=labels)
    for spelled, value in values:
        family.add_metric(spelled, value)
    return family


def _plain(text: str, status: HTTPStatus) -> HttpResponse:
    return HttpResponse(f"{text}\n", "text/plain; charset=utf-8", status)
