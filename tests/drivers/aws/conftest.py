from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.real_moto import moto

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def moto_port() -> Iterator[int]:
    """An AWS of its own for this package: it is asked only by tests that need it."""
    with moto() as port:
        yield port
