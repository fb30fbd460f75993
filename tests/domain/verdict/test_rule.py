from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from migrations_app.domain.quantity import Unit
from migrations_app.domain.verdict.rule import Baseline, BaselineKind, Budget, Burn
from tests.domain.verdict.made import MINUTE, rule, seconds

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ABSOLUTE, RELATIVE, PARITY = (
    "fail when > 5 s",
    "fail when > +9 % vs baseline",
    "pass when within ±9 % of blue",
)
CAPTURED, BLUE = Baseline(BaselineKind.CAPTURED), Baseline(BaselineKind.BLUE)
BURN = Burn(0.999, HOUR, 5 * MINUTE)


@pytest.mark.parametrize(
    ("unit", "written", "more", "complaint"),
    [
        (Unit.SECOND, ABSOLUTE, {"interval": seconds(0)}, "interval must be longer"),
        (Unit.SECOND, ABSOLUTE, {"hold": seconds(-1)}, "not negative"),
        (Unit.SECOND, ABSOLUTE, {"consecutive": 0}, "at least 1"),
        (Unit.SECOND, ABSOLUTE, {"consecutive": 2, "hold": MINUTE}, "choose one"),
        (Unit.SECOND, ABSOLUTE, {"fraction": 0.95}, "say over which time"),
        (Unit.SECOND, ABSOLUTE, {"fraction": 1, "hold": HOUR}, "a plain `hold`"),
        (Unit.SECOND, ABSOLUTE, {"baseline": CAPTURED}, "compares with nothing"),
        (Unit.SECOND, RELATIVE, {}, "needs a baseline"),
        (
            Unit.SECOND,
            PARITY,
            {"baseline": CAPTURED},
            "compares with BLUE, its baseline is captured",
        ),
        (Unit.SECOND, "fail when > 5 %", {}, "can't be turned into s"),
        (Unit.SECOND, "fail when > slo.lag", {}, "looked up in the objectives"),
        (Unit.PERCENT, "fail when > 14 %", {"burn": BURN}, "its unit is x"),
        (Unit.TIMES, PARITY, {"burn": BURN}, "with a number, not a reference"),
        (Unit.TIMES, "fail when > 1x", {"budget": Budget(0.999, DAY)}, "is in %, not in x"),
        (Unit.TIMES, "fail when > 1x", {"burn": BURN, "budget": Budget(0.999, DAY)}, "not both"),
    ],
)
def test_refuses_what_means_nothing(
    unit: Unit, written: str, more: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        rule("lag", unit, written, **more)


def test_refuses_windows_and_objectives_that_mean_nothing() -> None:
    with pytest.raises(ValueError, match="short window within a longer one"):
        Burn(0.999, 5 * MINUTE, HOUR)
    with pytest.raises(ValueError, match=r"between 0 and 1, such as 0\.999 for 99\.9 %, not 99\.9"):
        Burn(99.9, HOUR, MINUTE)
    with pytest.raises(ValueError, match="between 0 and 1"):
        Budget(1, DAY)
    with pytest.raises(ValueError, match="needs a window"):
        Budget(0.999, seconds(0))


def test_an_offset_belongs_to_its_kind_and_lies_in_the_past() -> None:
    with pytest.raises(ValueError, match="says how long ago"):
        Baseline(BaselineKind.OFFSET)
    with pytest.raises(ValueError, match="says how long ago"):
        Baseline(BaselineKind.CAPTURED, DAY)
    with pytest.raises(ValueError, match="in the past"):
        Baseline(BaselineKind.OFFSET, -DAY)


def test_knows_what_it_compares_with() -> None:
    assert rule("lag", Unit.SECOND, ABSOLUTE).versus is None
    assert rule("lag", Unit.SECOND, PARITY).versus is BaselineKind.BLUE
    assert rule("lag", Unit.SECOND, RELATIVE, baseline=BLUE).versus is BaselineKind.BLUE
    assert rule("lag", Unit.SECOND, RELATIVE, baseline=CAPTURED).versus is BaselineKind.CAPTURED
