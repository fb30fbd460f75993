"""A small Sentry: its tokens, and the table of events of one organisation."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from tests.sources.place import Said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sources.place import Asked

TOKEN: Final = "sntryu_OPEN-SESAME"
ORGANISATION: Final = "shop"
_DATASETS: Final = frozenset({"errors", "spans", "logs", "transactions", "discover"})
_ROWS: Final[dict[str, list[dict[str, Any]]]] = {
    "count()": [{"count()": 3}],
    "p95(nothing)": [{"p95(nothing)": None}],
    "last_seen()": [],
    "top(host)": [{"top(host)": 1}, {"top(host)": 2}],
    "two()": [{"two()": 1, "host": "a"}],
    "equation|count() / 2": [{"equation|count() / 2": 1.5}],
}


class Sentry:
    """Answers like one region. `asked` are the parameters of all requests taken."""

    def __init__(self) -> None:
        self.asked: list[Mapping[str, str]] = []
        self.limited = False

    def __call__(self, asked: Asked) -> Said:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Said(401, {"detail": "Invalid token"})
        if asked.path != f"/api/0/organizations/{ORGANISATION}/events/":
            return Said(404, {"detail": "The requested resource does not exist"})
        if self.limited:
            return Said(429, {"detail": "You are attempting to use this endpoint too quickly"})
        self.asked.append(asked.params)
        if wrong := _wrong(asked.params):
            return Said(400, {"detail": wrong})
        return _answer(asked.params)


def _wrong(params: Mapping[str, str]) -> str | None:
    if params.get("dataset") not in _DATASETS:
        return "dataset must be one of: errors, spans, …"
    if _moment(params["start"]) >= _moment(params["end"]):
        return "start must be before end"
    if params["field"] not in _ROWS and params["field"] not in {"moment()", "part()", "login()"}:
        return f"{params['field'].partition('(')[0]} is not a valid function"
    return None


def _answer(params: Mapping[str, str]) -> Said:
    field = params["field"]
    if field == "login()":
        return Said(200, b"<html>Sign in</html>")
    scanned = "partial" if field == "part()" else "full"
    now: dict[str, list[dict[str, Any]]] = {
        "moment()": [{"moment()": _moment(params["end"])}],
        "part()": [{"part()": 1}],
    }
    rows = (now | _ROWS)[field]
    fields = {name: "number" for row in rows for name in row}
    return Said(200, {"data": rows, "meta": {"fields": fields, "dataScanned": scanned}})


def _moment(text: str) -> float:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp(), 3)
