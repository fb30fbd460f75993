"""Several HAProxys have to agree: partly done is not done, and one that hangs delays no other."""

from __future__ import annotations

from contextlib import ExitStack
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from migrations_app.domain.errors import Permanent, Transient, UnknownOutcome
from tests.drivers.build import SOON, at
from tests.real_haproxy import RealHAProxy, haproxy

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTHING, QUARTER, HALF = Decimal(0), Decimal(25), Decimal(50)
NOBODY = "tcp://127.0.0.1:1"


@pytest.fixture
def pair(binary: str) -> Iterator[list[RealHAProxy]]:
    with ExitStack() as stack:
        yield [stack.enter_context(haproxy(binary)) for _ in range(2)]


def test_every_node_is_set_and_has_to_agree(pair: list[RealHAProxy]) -> None:
    driver = at(*(node.tcp for node in pair))
    driver.apply(QUARTER, None)
    assert [node.weight("green") for node in pair] == [25, 25]
    seen = driver.observe()
    assert (seen.weight, seen.detail) == (QUARTER, "blue 75/100, green 25/100")


@pytest.mark.parametrize("alone", [0, 1])
def test_disagreement_confirms_no_weight_and_names_both(
    pair: list[RealHAProxy], alone: int
) -> None:
    at(pair[alone].tcp).apply(HALF, None)
    seen = at(*(node.tcp for node in pair)).observe()
    assert seen.weight not in {NOTHING, QUARTER, HALF}
    assert seen.detail.startswith("nodes disagree")
    assert all(node.tcp in seen.detail for node in pair)
    assert len(seen.detail) <= 500


def test_the_way_back_reaches_every_node_that_answers(pair: list[RealHAProxy]) -> None:
    for node in pair:
        at(node.tcp).apply(HALF, None)
    driver = at(pair[0].tcp, NOBODY, pair[1].tcp)
    with pytest.raises(UnknownOutcome, match=NOBODY) as partly:
        driver.apply(NOTHING, None)
    assert all(node.tcp in str(partly.value) for node in pair)
    assert [node.weight("green") for node in pair] == [0, 0]
    with pytest.raises(Transient, match=NOBODY):
        driver.observe()


def test_a_node_that_hangs_delays_no_other(pair: list[RealHAProxy]) -> None:
    hung, well = pair
    with hung.stopped():
        with pytest.raises(UnknownOutcome):
            at(hung.tcp, well.tcp, timeout=SOON).apply(HALF, None)
        assert well.weight("green") == 50


def test_nobody_anywhere_means_nothing_happened() -> None:
    with pytest.raises(Transient) as nothing:
        at(NOBODY, "unix:///nowhere/haproxy.sock").apply(HALF, None)
    assert "tcp://127.0.0.1:1" in str(nothing.value)
    assert "unix:///nowhere/haproxy.sock" in str(nothing.value)


def test_a_node_without_the_backend_is_a_persons_to_mend(pair: list[RealHAProxy]) -> None:
    with pytest.raises(Permanent, match="no such backend"):
        at(*(node.tcp for node in pair), backend="shop").apply(HALF, None)


def test_findings_tell_nodes_apart(pair: list[RealHAProxy]) -> None:
    found = at(pair[0].tcp, NOBODY, pair[1].unix).check()
    assert [finding.what for finding in found if not finding.ok] == [NOBODY]
    for node in (pair[0].tcp, pair[1].unix):
        assert any(finding.what == f"server app/green at {node}" for finding in found)
