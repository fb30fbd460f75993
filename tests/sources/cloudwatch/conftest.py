from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.real_moto import moto
from tests.sources.cloudwatch.place import Place, place

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def cloud() -> Iterator[Place]:
    """An emulated CloudWatch with some minutes of samples, behind a hand that does its math."""
    with moto() as port, place(port) as built:
        yield built
