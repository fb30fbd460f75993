"""A query or a formula, as it is written and as Datadog wants it. Pure.

One line is a query. Several are a formula and the queries it names:

    100 * errors / hits
    errors = sum:trace.http.request.errors{service:orders}.as_count()
    hits = sum:trace.http.request.hits{service:orders}.as_count()
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from migrations_app.sources.value import NoValue, unfit
from migrations_app.sources.web.windowed import milliseconds

if TYPE_CHECKING:
    from migrations_app.sources.datadog.config import Aggregator
    from migrations_app.sources.web.windowed import Span

_NAMED: Final = re.compile(r"([a-z][a-z0-9_]*)\s*=\s*(\S.*)")
_MOST: Final = 10


def body(text: str, span: Span, aggregator: Aggregator) -> dict[str, object] | NoValue:
    """The JSON of a scalar request."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    formula, *rest = lines if len(lines) > 1 else ["query", f"query = {lines[0]}"]
    named = [_NAMED.fullmatch(line) for line in rest]
    if not all(named) or len(rest) > _MOST:
        return unfit("write a formula, and below it its queries, each as: name = query")
    queries = {match[1]: match[2] for match in named if match}
    if unknown := set(re.findall(r"\b[a-z][a-z0-9_]*\b(?!\()", formula)) - queries.keys():
        return unfit(f"the formula names {', '.join(sorted(unknown))}, which no line says")
    attributes = {
        "from": milliseconds(span.start),
        "to": milliseconds(span.end),
        "formulas": [{"formula": formula}],
        "queries": [_query(*one, aggregator) for one in queries.items()],
    }
    return {"data": {"type": "scalar_request", "attributes": attributes}}


def _query(name: str, text: str, aggregator: Aggregator) -> dict[str, str]:
    """A count is summed whatever is configured: its average depends on Datadog's own steps."""
    how = "sum" if ".as_count()" in text else aggregator.value
    return {"data_source": "metrics", "name": name, "query": text, "aggregator": how}
