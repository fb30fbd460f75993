from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sources.stub import Stub, running

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def stub() -> Iterator[Stub]:
    """A Prometheus that misbehaves on demand."""
    with running() as stub:
        yield stub
