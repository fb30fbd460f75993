"""A small NerdGraph: its keys, accounts, GraphQL variables and errors within a 200."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from tests.sources.place import Said

if TYPE_CHECKING:
    from tests.sources.place import Asked

KEY: Final = "NRAK-OPEN-SESAME"
ACCOUNT: Final = 42
_TIMES: Final = re.compile(r"(.*) SINCE (\d{13}) UNTIL (\d{13})", re.DOTALL)
_ROWS: Final[dict[str, list[dict[str, Any]]]] = {
    "SELECT count(*) FROM Transaction": [{"count": 0}],
    "SELECT average(duration) FROM Transaction": [{"average.duration": 0.25}],
    "SELECT percentile(duration, 95) FROM Transaction": [{"percentile.duration": {"95": 0.5}}],
    "SELECT average(nothing) FROM Transaction": [{"average.nothing": None}],
    "SELECT latest(nothing) FROM Nothing": [],
    "SELECT count(*) FROM Transaction FACET host": [
        {"facet": "a", "count": 1},
        {"facet": "b", "count": 2},
    ],
    "SELECT min(a), max(a) FROM Transaction": [{"min.a": 1, "max.a": 2}],
    "SELECT latest(name) FROM Transaction": [{"latest.name": "orders"}],
}


class NewRelic:
    """Answers like one region. `asked` are the variables of all requests taken."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.limited = False

    def __call__(self, asked: Asked) -> Said:
        if asked.headers.get("api-key") != KEY:
            return Said(401, {"errors": [{"message": f"bad key {asked.headers.get('api-key')}"}]})
        if self.limited:
            return Said(429, b"", {"retry-after": "60"})
        if (asked.method, asked.path) != ("POST", "/graphql"):
            return Said(404)
        body = asked.json()
        variables = body["variables"]
        if "$nrql: Nrql!" not in body["query"] or not isinstance(variables["account"], int):
            return Said(200, _errors("Variable has the wrong type", "GRAPHQL_VALIDATION_FAILED"))
        self.asked.append(variables)
        if variables["account"] != ACCOUNT:
            return Said(200, _errors(f"Not authorized; key {KEY}", "ACCESS_DENIED"))
        return self._nrql(variables["nrql"])

    def _nrql(self, text: str) -> Said:
        match = _TIMES.fullmatch(text)
        if match is None or int(match[2]) >= int(match[3]):
            return Said(200, _errors("NRQL Syntax Error: when?", "BAD_USER_INPUT"))
        query = match[1]
        if query == "SELECT moment FROM Clock":
            return _results([{"moment": int(match[3]) / 1000}])
        if query == "SELECT count(*) FROM Slow":
            return Said(200, _errors("Your query timed out", "TIMEOUT"))
        if query == "SELECT count(*) FROM Partial":
            said = _results([{"count": 1}])
            return said._replace(body={**said.body, **_errors("one cluster is away", "X")})
        if query == "SELECT count(*) FROM Login":
            return Said(200, b"<html>Sign in</html>")
        if query not in _ROWS:
            return Said(200, _errors("NRQL Syntax Error: Error at line 1", "BAD_USER_INPUT"))
        return _results(_ROWS[query])


def _results(rows: list[dict[str, Any]]) -> Said:
    return Said(200, {"data": {"actor": {"account": {"nrql": {"results": rows}}}}})


def _errors(message: str, kind: str) -> dict[str, Any]:
    error = {"message": message, "extensions": {"errorClass": kind}, "path": ["actor"]}
    return {"errors": [error]}
