"""Plans that lack the most important things."""

from __future__ import annotations

from tests.domain.lint.broken.base import Broken, W
from tests.domain.lint.plans import DELETE

SHAPE = [
    Broken("incomplete", {"phases": []}, "phases", "There are no phases"),
    Broken("incomplete", {"routes": []}, "routes", "There is no route to move"),
    Broken("incomplete", {"environments": {}}, "environments", "There is no environment"),
    Broken("no_objectives", {"objectives.rto": DELETE}, "objectives.rto", "There is no RTO"),
    Broken("no_objectives", {"objectives.rpo": DELETE}, "objectives.rpo", "No rpo", W),
    Broken("no_objectives", {"objectives.slo": {}}, "objectives.slo", "No slo was agreed", W),
    Broken(
        "no_objectives",
        {"objectives.error_budget": DELETE},
        "objectives.error_budget",
        "No error budget was agreed",
        W,
    ),
    Broken(
        "bad_objective",
        {"objectives.slo.p99": "fast"},
        "objectives.slo.p99",
        '"fast" is not a quantity',
    ),
    Broken(
        "bad_objective",
        {"objectives.error_budget.share": "120 %"},
        "objectives.error_budget.share",
        "between 0 and 100 %",
    ),
    Broken(
        "bad_objective",
        {"objectives.error_budget.share": "0 %"},
        "objectives.error_budget.share",
        "between 0 and 100 %",
    ),
    Broken(
        "bad_objective",
        {"objectives.error_budget.share": "5 s"},
        "objectives.error_budget.share",
        "can't be turned into %",
    ),
    Broken(
        "bad_objective",
        {"objectives.error_budget.window": "0s"},
        "objectives.error_budget.window",
        "needs a window",
    ),
]
