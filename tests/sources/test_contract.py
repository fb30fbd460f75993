"""The contract, with every source and at every place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.practice.promql.past import openmetrics, past, store_of
from tests.practice.promql.serving import serving
from tests.real_prometheus import NEEDED, Setup, prometheus
from tests.sources.benches import FakeBench, PrometheusBench, misbehaving, speaking_promql
from tests.sources.contract import PastContract
from tests.sources.stub import running

if TYPE_CHECKING:
    from collections.abc import Iterator


class TestFakeInMemory(PastContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls) -> FakeBench:
        return FakeBench("contract")


class TestFakeInAFile(PastContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls, tmp_path_factory: pytest.TempPathFactory) -> FakeBench:
        return FakeBench("contract", tmp_path_factory.mktemp("fake") / "script.json")


class TestPrometheusAtAMisbehavingServer(PastContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls) -> Iterator[PrometheusBench]:
        with running() as stub:
            yield misbehaving(stub)


class TestPrometheusAtThePracticeRange(PastContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls) -> Iterator[PrometheusBench]:
        with serving(store_of(past())) as place:
            yield speaking_promql(place)


class TestPrometheusAtARealOne(PastContract):
    pytestmark = NEEDED

    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls) -> Iterator[PrometheusBench]:
        with prometheus(Setup(past=openmetrics(past()))) as real:
            yield speaking_promql(real)
