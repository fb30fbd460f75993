"""Where a request comes from: the proxies we know of are believed, and nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import RequestFactory

from migrations_app.web.source import source_of

if TYPE_CHECKING:
    from pytest_django import Settings


@pytest.mark.parametrize(
    ("hops", "said", "source"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9", "198.51.100.1"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "nonsense", "192.0.2.1"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
    ],
)
def test_source(settings: Settings, hops: int, said: str, source: str) -> None:
    settings.WARROOM_TRUSTED_PROXIES = hops
    headers = {"X-Forwarded-For": said} if said else {}
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", headers=headers)
    assert source_of(request) == source


def test_no_address_at_all_is_one_source(settings: Settings) -> None:
    settings.WARROOM_TRUSTED_PROXIES = 0
    assert source_of(RequestFactory().get("/", REMOTE_ADDR="")) == "unknown"
