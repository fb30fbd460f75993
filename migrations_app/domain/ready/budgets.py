"""How fast the error budget burns."""

from __future__ import annotations

from typing import Final

from migrations_app.domain.ready.shape import Group, Param, ParamKind, Ready
from migrations_app.domain.ready.words import BAD, CODE, REQUESTS

_PARAMS: Final = (
    REQUESTS,
    CODE,
    BAD,
    Param("service", ParamKind.SELECTOR, "what picks the service, both sides", None),
    Param("slo", ParamKind.QUANTITY, "the promise", "availability"),
)
_RATIO: Final = """\
(sum(rate(<requests>{<code>=~"<bad>", <service>}[${window}])) or vector(0))
  / (sum(rate(<requests>{<service>}[${window}])) > 0)"""
_YOUNG: Final = (
    "A service younger than the long window is judged by the part that exists. Both windows must "
    "burn, so that it ends soon after the errors do."
)

BURN: Final = Group(
    "Burn rates",
    (
        Ready(
            "burn_fast",
            "The error budget burns 14.4 times too fast",
            "2 % of a budget of 30 days gone in an hour: page.",
            _PARAMS,
            {
                "query": _RATIO,
                "unit": "x",
                "fail_when": "> 14.4x",
                "burn": {"slo": "<slo>", "long": "1h", "short": "5m"},
            },
            _YOUNG,
        ),
        Ready(
            "burn_slow",
            "The error budget burns 6 times too fast",
            "5 % of a budget of 30 days gone in six hours: hold, and look.",
            _PARAMS,
            {
                "query": _RATIO,
                "unit": "x",
                "fail_when": "> 6x",
                "burn": {"slo": "<slo>", "long": "6h", "short": "30m"},
            },
            _YOUNG,
        ),
    ),
)
