"""What people write by hand is read or refused with a sentence, never a crash."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.errors import Permanent
from migrations_app.drivers.envoy.layout import Copies, Shares
from migrations_app.drivers.envoy.routes import fraction, matches, mirrors, splits, wholes
from migrations_app.drivers.envoy.runtime import Share, Weights
from migrations_app.drivers.traefik.layout import Mirroring, Weighted

KEYS = st.sampled_from(
    [
        "weighted_clusters",
        "clusters",
        "name",
        "weight",
        "match",
        "route",
        "runtime_fraction",
        "cluster",
        "numerator",
        "request_mirror_policies",
        "default_value",
        "denominator",
        "runtime_key",
        "runtime_key_prefix",
        "weighted",
        "services",
        "mirroring",
        "mirrors",
        "percent",
        "service",
        "virtual_hosts",
    ]
)
WORDS = st.sampled_from(["blue", "green", "old", "HUNDRED", "TEN_THOUSAND", "app", "", "٣"])
LEAVES = st.none() | st.booleans() | st.integers(-2, 200) | st.floats() | WORDS
SHAPES = st.recursive(
    LEAVES, lambda some: st.lists(some, max_size=4) | st.dictionaries(KEYS, some, max_size=5)
)


@given(config=SHAPES, value=WORDS)
def test_whatever_it_is_it_is_read_or_refused(config: object, value: str) -> None:
    values = {"app.blue": value, "app": value}
    for keys in (Weights("app", "blue", "green"), Share("app", "green", mirror=False)):
        with suppress(Permanent):
            assert 0 <= keys.standing(values, config).weight <= 100
    for layout in (Shares("blue", "green"), Copies("green")):
        with suppress(Permanent):
            assert 0 <= layout.standing(config).weight <= 100
    for kind in (Weighted("blue", "green"), Mirroring("blue", "green")):
        with suppress(Permanent):
            assert 0 <= kind.standing("app", config).weight <= 100
    with suppress(Permanent):
        wholes(config), matches(config), mirrors(config)


@pytest.mark.parametrize(
    ("told", "share"),
    [
        ({}, Fraction(0)),
        ({"numerator": 25}, Fraction(1, 4)),
        ({"numerator": 1, "denominator": "TEN_THOUSAND"}, Fraction(1, 10_000)),
        ({"numerator": 3, "denominator": "MILLION"}, Fraction(3, 1_000_000)),
        ({"numerator": 101}, Fraction(1)),
    ],
)
def test_fractions_as_envoy_counts_them(told: object, share: Fraction) -> None:
    assert fraction(told) == share


@pytest.mark.parametrize(
    "told",
    [{"numerator": -1}, {"numerator": "x"}, {"denominator": "TEN"}, [], {"denominator": ["x"]}],
)
def test_what_is_no_fraction(told: object) -> None:
    with pytest.raises(Permanent):
        fraction(told)


def test_a_cluster_that_is_named_twice_has_no_weight() -> None:
    clusters = [{"name": "green", "weight": 1}, {"name": "green", "weight": 2}]
    with pytest.raises(Permanent, match="names green twice"):
        splits({"route": {"weighted_clusters": {"clusters": clusters}}})
