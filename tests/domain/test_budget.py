from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.budget import burn_rate, burnt_share
from migrations_app.domain.quantity import same

MONTH, HOUR = timedelta(days=30), timedelta(hours=1)
SLOS = st.floats(0.5, 0.99999)


@pytest.mark.parametrize(
    ("ratio", "slo", "burn"),
    [
        (0.0144, 0.999, 14.4),
        (0.002, 0.999, 2),
        (0, 0.999, 0),
        (1, 0.99, 100),
        (14e-6, 0.999999, 14),
    ],
)
def test_burn_rate(ratio: float, slo: float, burn: float) -> None:
    assert same(burn_rate(ratio, slo), burn)


def test_fourteen_point_four_for_an_hour_is_two_percent_of_a_month() -> None:
    assert burnt_share(0.0144, 0.999, HOUR, MONTH) == pytest.approx(0.02)


@given(SLOS)
def test_a_burn_of_one_uses_up_the_budget_in_its_window(slo: float) -> None:
    assert burnt_share(1 - slo, slo, MONTH, MONTH) == pytest.approx(1)


@given(SLOS, st.floats(0, 1), st.integers(1, 700))
def test_the_burnt_share_grows_with_time_as_fast_as_it_burns(
    slo: float, ratio: float, hours: int
) -> None:
    once = burnt_share(ratio, slo, HOUR, MONTH)
    assert burnt_share(ratio, slo, hours * HOUR, MONTH) == pytest.approx(hours * once)
    assert once == pytest.approx(burn_rate(ratio, slo) / 720)
