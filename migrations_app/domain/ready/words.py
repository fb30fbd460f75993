"""Parameters that many entries share."""

from __future__ import annotations

from typing import Final

from migrations_app.domain.ready.shape import Param, ParamKind

GREEN: Final = Param("green", ParamKind.SELECTOR, "what picks GREEN's series", "${var:green}")
BLUE: Final = Param("blue", ParamKind.SELECTOR, "what picks BLUE's series", "${var:blue}")
MORE: Final = Param("more", ParamKind.SELECTOR, "further matchers, if one is not enough", "")
REQUESTS: Final = Param(
    "requests", ParamKind.METRIC, "the counter of requests", "http_requests_total"
)
CODE: Final = Param("code", ParamKind.LABEL, "the label with the status", "code")
BAD: Final = Param("bad", ParamKind.WORD, "the pattern of statuses that count as errors", "5..")


def metric(name: str, means: str, default: str | None) -> Param:
    """The name of a metric."""
    return Param(name, ParamKind.METRIC, means, default)
