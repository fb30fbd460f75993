from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sources.parity.hands import MariaHand, PostgresHand, mariadb, postgres_pair

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def postgres(django_db_modify_db_settings: None) -> Iterator[tuple[PostgresHand, PostgresHand]]:
    """BLUE and GREEN, two databases beside the one of all tests."""
    from django.db import connections

    with postgres_pair(connections.settings["default"]) as hands:
        yield hands


@pytest.fixture(scope="session")
def maria() -> Iterator[MariaHand]:
    with mariadb() as hand:
        yield hand
