"""The page of data parity, and its report to take away."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from migrations_app.domain.timeline import plain
from migrations_app.reads.parity import all_differences, comparisons
from migrations_app.web.guard import Seat, seated

if TYPE_CHECKING:
    from django.http import HttpRequest

    from migrations_app.domain.timeline import Json
    from migrations_app.reads.parity import Comparisons, Source, Table


@require_safe
@seated
def parity(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Every compared table. Under htmx the tables alone, as they follow a live run."""
    partial = request.headers.get("HX-Target") == "compared"
    name = "warroom/parity_tables.html" if partial else "warroom/parity.html"
    return render(request, name, {"compared": comparisons(seat.run_id)})


@require_safe
@seated
def as_json(request: HttpRequest, seat: Seat) -> JsonResponse:  # noqa: ARG001 (a view)
    """The newest finished comparison of each table, with every row that differs."""
    found = comparisons(seat.run_id)
    rows = [list(row) for row in all_differences(seat.run_id)]
    report = {
        "run": seat.run_id,
        "migration": found.run.migration.slug,
        "environment": found.run.environment,
        "at": found.now,
        "sources": [_source(one, rows) for one in found.sources],
    }
    headers = _named(found, "json")
    return JsonResponse(plain(report), headers=headers, json_dumps_params={"indent": 1})


@require_safe
@seated
def as_csv(request: HttpRequest, seat: Seat) -> HttpResponse:  # noqa: ARG001 (a view)
    """One line per row that differs."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("source", "table", "key", "how", "columns", "found_at"))
    writer.writerows([_harmless(one) for one in row] for row in all_differences(seat.run_id))
    headers = _named(comparisons(seat.run_id), "csv")
    return HttpResponse(text.getvalue(), "text/csv; charset=utf-8", headers=headers)


def _harmless(cell: str) -> str:
    """A spreadsheet would take some keys for formulas."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def _named(found: Comparisons, ending: str) -> dict[str, str]:
    name = f"{found.run.migration.slug}-run-{found.run.pk}-parity.{ending}"
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _source(source: Source, rows: list[list[str]]) -> dict[str, Json]:
    tables: list[Json] = [
        _table(one, [row for row in rows if row[:2] == [source.name, one.name]])
        for one in source.tables
    ]
    return {"source": source.name, "trouble": source.trouble, "tables": tables}


def _table(table: Table, rows: list[list[str]]) -> dict[str, Json]:
    found = table.found
    if found is None:
        return {"table": table.name, "verdict": table.word}
    done = found.done
    told = {
        "table": table.name, "verdict": table.word, "trouble": found.trouble,
        "pass": found.number, "as_of": found.as_of, "ended_at": found.ended_at,
        "differing": done.differing, "at_least": done.overflowed, "moving": done.moving,
        "sampled": done.sampled, "sample_differing": done.sample_differing,
        "counts": [{"what": one.what, "blue": one.blue, "green": one.green, "apart": one.apart}
                   for one in found.counts],
        "differences": [dict(zip(("key", "how", "columns", "found_at"), row[2:], strict=True))
                        for row in rows],
    }  # fmt: skip
    return {name: plain(value) for name, value in told.items()}
