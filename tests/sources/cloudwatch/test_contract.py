"""The contract of sources that know the past, on moto and a stand-in for its metric math."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.real_moto import NEEDED
from tests.sources.contract import PastContract

if TYPE_CHECKING:
    from tests.sources.cloudwatch.place import Place


class TestCloudWatchOnMotoWithAStandInForItsMath(PastContract):
    pytestmark = NEEDED

    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls, cloud: Place) -> Place:
        return cloud
