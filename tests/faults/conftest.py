"""One house for all tests of a process, mended between them; long tests only when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.drill import Drill
from tests.faults.house import House
from tests.faults.house import house as whole_house

if TYPE_CHECKING:
    from collections.abc import Iterator


MARKER = "faults: takes long; runs when tests/faults is asked for by name, as `make faults` does"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Together with all other tests, only the quick ones."""
    if all("faults" in argument for argument in config.args) or "faults" in config.option.markexpr:
        return
    long = [item for item in items if item.get_closest_marker("faults")]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]


@pytest.fixture(scope="session")
def _one_house() -> Iterator[House]:
    with whole_house() as made:
        yield made


@pytest.fixture
def house(_one_house: House) -> Iterator[House]:
    """With everything in it running."""
    _one_house.mend()
    yield _one_house
    _one_house.mend()
    _one_house.forget_runs()


@pytest.fixture
def drill(house: House) -> Drill:
    """A run of its own, not started yet."""
    return Drill(house)
