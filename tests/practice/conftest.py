from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from migrations_app.practice.supervisor import Supervisor

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def directory() -> Iterator[Path]:
    """A directory that everyone may enter, unlike pytest's own when root runs it."""
    made = Path(tempfile.mkdtemp(prefix="warroom-test-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def supervisor(directory: Path) -> Iterator[Supervisor]:
    with Supervisor(directory, grace=1.0) as supervisor:
        yield supervisor
