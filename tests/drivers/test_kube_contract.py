"""The driver contract for every kind of Kubernetes object, on a fake API server.

The fake holds every object against its vendor's own schema where that is to be had.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.drivers.contract import DriverContract
from tests.drivers.kube_kinds import KINDS
from tests.fakes.kube_schema import FILES, missing, schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.drivers.kube_bench import KubeBench


class TestEveryKindOnAFakeApiServer(DriverContract):
    @pytest.fixture(scope="class", params=KINDS)
    @classmethod
    def bench(
        cls, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
    ) -> Iterator[KubeBench[Any]]:
        kind = KINDS[request.param]
        with kind.api() as api:
            yield kind.bench(api, tmp_path_factory.mktemp("bin"))
            assert not api.store.dropped, "a field that its schema does not know was written"


@pytest.mark.parametrize("name", FILES)
def test_objects_are_held_against_the_published_schema(name: str) -> None:
    if why := missing(name):
        pytest.skip(why)
    version = {"networking.istio.io": "v1", "gateway.networking.k8s.io": "v1"}
    assert schema(name, version.get(name.partition(".")[2], "v1alpha1"))
