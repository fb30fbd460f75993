"""The metrics page: look, look closer, look back, take away."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.http import Http404, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from migrations_app.conductor.history import history
from migrations_app.models import Check, Reading
from migrations_app.reads.metrics import Asked
from migrations_app.reads.metrics import metrics as read
from migrations_app.web.guard import Seat, seated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.http import HttpRequest, HttpResponse

SPANS: Final = {
    "5m": timedelta(minutes=5),
    "15m": timedelta(minutes=15),
    "1h": timedelta(hours=1),
    "6h": timedelta(hours=6),
    "24h": timedelta(hours=24),
}
_HEAD: Final = ("at", "check", "outcome", "green", "blue", "verdict")


@require_safe
@seated
def metrics(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Every check on one axis. Under htmx the charts alone, as they follow a live run."""
    shown = read(seat.run_id, _asked(request))
    last = request.GET.get("last", "")
    context = {
        "metrics": shown,
        "spans": [name for name, span in SPANS.items() if span < shown.whole.span],
        "last": last if last in SPANS else "",
        "zoomed": shown.window != shown.whole,
        "here": request.get_full_path(),
        "query": request.GET.urlencode(),
    }
    partial = request.headers.get("HX-Target") == "charts"
    name = "warroom/metrics_charts.html" if partial else "warroom/metrics.html"
    return render(request, name, context)


def _asked(request: HttpRequest) -> Asked:
    """What is to be looked at. What can't be read is as if it had not been said."""
    given = request.GET
    return Asked(
        _moment(given.get("from", "")),
        _moment(given.get("to", "")),
        SPANS.get(given.get("last", "")),
    )


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@require_safe
@seated
def past(request: HttpRequest, seat: Seat, check: str) -> HttpResponse:
    """How a check was before the run, as its source remembers it. Bounded in time and size."""
    span = request.GET.get("span", "")
    span = span if span in SPANS else "1h"
    try:
        found = history(seat.run_id, check, SPANS[span])
    except Check.DoesNotExist:
        raise Http404("This run has no such check.") from None
    context = {"past": found, "run_id": seat.run_id, "span": span, "spans": list(SPANS)}
    partial = request.headers.get("HX-Request") == "true"
    name = "warroom/metrics_past.html" if partial else "warroom/metrics_past_page.html"
    return render(request, name, context)


@require_safe
@seated
def as_csv(request: HttpRequest, seat: Seat) -> StreamingHttpResponse:
    """Every reading of the window as it was taken, without end in memory."""
    window = read(seat.run_id, _asked(request)).window
    rows = Reading.objects.filter(run=seat.run_id, at__gte=window.start, at__lte=window.end)
    columns = ("at", "check_name", "outcome", "value", "blue", "status")
    found = rows.order_by("at", "check_name").values_list(*columns).iterator(2000)
    name = f"run-{seat.run_id}-readings.csv"
    return StreamingHttpResponse(
        _lines(found),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _lines(rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_HEAD)
    for at, *rest in rows:
        writer.writerow([at.isoformat() if isinstance(at, datetime) else "", *rest])
        if text.tell() > 60_000:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()
