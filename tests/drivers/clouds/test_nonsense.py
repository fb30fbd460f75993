"""Somebody else answers where a cloud's API should: a sentence for people, never a crash."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from migrations_app.domain.errors import SeamError
from tests.drivers.clouds.test_azure import front_door, manager
from tests.drivers.clouds.test_cloudflare import origins, pools
from tests.drivers.clouds.test_gcp import new as url_map
from tests.fakes.between import Said
from tests.fakes.between import between as listening

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from migrations_app.drivers.base import Driver
    from tests.fakes.between import Between, Heard

NEW: dict[str, Callable[..., Driver]] = {
    "cloudflare pools": pools,
    "cloudflare origins": origins,
    "gcp": url_map,
    "gcp mirror": lambda url: url_map(url, moves="mirror", path_matcher=None, priority=None),
    "front door": front_door,
    "traffic manager": manager,
}
BODIES: list[object] = [
    {},
    [],
    None,
    "hello",
    {"success": True, "result": None},
    {"success": True, "result": {}},
    {"success": True, "result": {"steering_policy": "random", "origins": [{}]}},
    {"pathMatchers": 5},
    {"fingerprint": "f", "pathMatchers": [{"name": "all", "routeRules": "none"}]},
    {"value": [{}]},
    {"value": 7},
    {"properties": None},
    {"properties": {"trafficRoutingMethod": "Weighted", "endpoints": [{}]}},
]


@pytest.fixture(scope="module")
def hand() -> Iterator[Between]:
    with listening(0) as hand:
        yield hand


@pytest.mark.parametrize("kind", NEW)
@pytest.mark.parametrize("body", [*(json.dumps(body) for body in BODIES), "<html>log in</html>"])
def test_what_is_not_their_answer_is_said_so(hand: Between, kind: str, body: str) -> None:
    def answer(heard: Heard) -> Said:
        if "token" in heard.path:
            return Said(200, b'{"access_token": "t", "expires_in": 3600}')
        return Said(200, body.encode(), {"content-type": "application/json"})

    hand.instead = answer
    driver = NEW[kind](hand.url)
    try:
        for call in (driver.observe, lambda: driver.apply(Decimal(0), None)):
            with pytest.raises(SeamError) as caught:
                call()
            assert str(caught.value)
        assert not all(finding.ok for finding in driver.check())
        assert driver.preview(Decimal(0))
    finally:
        driver.close()
