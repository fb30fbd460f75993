"""Plans whose checks mean nothing."""

from __future__ import annotations

from migrations_app.domain.lint.seams import Seams
from tests.domain.lint.broken.base import Broken, W, check
from tests.domain.lint.plans import SEAMS

BURN = {"slo": "availability", "long": "1h", "short": "5m"}


def _refuses(*_: object) -> str | None:
    return "parse error at char 3"


CHECKS = [
    Broken("rule_meaningless", check(fail_when="5 s"), "checks[2]", "is not a condition"),
    Broken("rule_meaningless", check(fail_when="> 5 %"), "checks[2]", 'Check "c": '),
    Broken(
        "rule_meaningless",
        check(fail_when="> 5 % vs baseline"),
        "checks[2]",
        "needs a baseline",
    ),
    Broken("rule_meaningless", check(fail_when="> 14x", burn=BURN), "checks[2]", "unit is x"),
    Broken(
        "rule_meaningless",
        check(fail_when="> 14x", unit="x", burn={**BURN, "slo": "120 %"}),
        "checks[2]",
        "lies between 0 and 1",
    ),
    Broken(
        "rule_meaningless",
        check(fail_when="> 14x", unit="x", burn={**BURN, "slo": "avail"}),
        "checks[2]",
        "is not a quantity",
    ),
    Broken(
        "rule_meaningless",
        check(fail_when="> 5 %", unit="%", budget={"slo": "availability", "window": "0s"}),
        "checks[2]",
        "needs a window",
    ),
    Broken(
        "rule_meaningless",
        check(fail_when="> 5 s", hold="1m", consecutive=2),
        "checks[2]",
        "choose one of them",
    ),
    Broken(
        "no_blue_query",
        check(fail_when="> 5 % vs blue"),
        "checks[2]",
        "compares with BLUE: say how",
    ),
    Broken(
        "no_blue_query",
        check(fail_when="> 5 % vs baseline", baseline="blue"),
        "checks[2]",
        "compares with BLUE: say how",
    ),
    *(
        Broken(
            "baseline_of_green",
            check(fail_when="> 5 % vs baseline", baseline=baseline),
            "checks[2].baseline",
            "when GREEN had no traffic",
            W,
        )
        for baseline in ("captured", {"offset": "1d"})
    ),
    Broken(
        "samples_uncounted",
        {"checks.0.min_samples": 100},
        "checks[0].min_samples",
        "say how they are counted",
    ),
    Broken(
        "samples_uncounted",
        {"checks.0.samples_query": "n"},
        "checks[0].samples_query",
        "not how many it needs",
        W,
    ),
    Broken(
        "ready_rewritten",
        {"checks.0.use": "error_ratio"},
        "checks[0].use",
        'not as "error_ratio" is today',
        W,
    ),
    Broken(
        "ready_rewritten",
        {"checks.0.use": "gone_since"},
        "checks[0].use",
        'not as "gone_since" is today',
        W,
    ),
    Broken(
        "variable_breaks_out",
        {
            "checks.2": {
                "name": "lag",
                "source": "metrics",
                "use": "kafka_lag",
                "observe": True,
                "with": {"group": "${var:green}"},
            },
        },
        "environments.production.vars.green",
        'which its value in "production" would end',
    ),
]

QUERIES = [
    Broken(
        "placeholder_unknown",
        {"checks.0.query": "x[${windwo}]"},
        "checks[0].query",
        "Nothing fills in ${windwo}",
    ),
    Broken(
        "placeholder_unknown",
        {"checks.0.query": "x{a='${env:SECRET}'}"},
        "checks[0].query",
        "${env:SECRET} can't be in one",
    ),
    Broken(
        "placeholder_unknown",
        check(fail_when="> 5 % vs baseline", baseline={"kind": "captured", "query": "x[${wndw}]"}),
        "checks[2].baseline.query",
        "${wndw}",
    ),
    Broken(
        "placeholder_empty",
        {"checks.1.query": "x[${window}]"},
        "checks[1]",
        "window",
    ),
    Broken(
        "variable_unset",
        {"checks.1.blue_query": "x{${var:greeen}}"},
        "checks[1].blue_query",
        'does not set the variable greeen. Did you mean "green"?',
    ),
    Broken(
        "query_invalid",
        {},
        "checks[0]",
        "does not understand 'e{track=\"green\"}[1m]': parse error at char 3",
        seams=Seams(SEAMS.drivers, SEAMS.sources, SEAMS.channels, invalid=_refuses),
    ),
]
