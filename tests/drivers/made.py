"""Drivers that a module of tests makes here and there, closed when the module is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.base import Driver

D = TypeVar("D", bound="Driver")
_made: list[Driver] = []


def kept(driver: D) -> D:
    """To be closed. Needs `all_closed` in the module."""
    _made.append(driver)
    return driver


@pytest.fixture(scope="module", autouse=True)
def all_closed() -> Iterator[None]:
    yield
    while _made:
        _made.pop().close()
