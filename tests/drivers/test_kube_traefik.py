"""What only a TraefikService has."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.domain.errors import Permanent
from tests.drivers.kube_bench import told
from tests.drivers.kube_meshes import TRAEFIK, TRAEFIK_MIRROR, TRAEFIK_SERVICE

if TYPE_CHECKING:
    from migrations_app.drivers.base import Driver

    Obj = dict[str, Any]


def wrong(driver: Driver) -> str:
    return " ".join(one.sentence for one in driver.check() if not one.ok)


def test_a_service_without_a_weight_weighs_one() -> None:
    services = [{"name": "shop-blue", "port": 80}, {"name": "shop-green", "port": 80, "weight": 3}]
    with TRAEFIK.api() as api:
        api.store.change(TRAEFIK_SERVICE, lambda obj: obj | {"spec": {"weighted": {
            "services": services}}})  # fmt: skip
        assert TRAEFIK.build(**told(url=api.url)).observe().weight == 75


def test_the_doctor_finds_the_cookie_that_overrides_weights() -> None:
    def sticky(obj: Obj) -> Obj:
        obj["spec"]["weighted"]["sticky"] = {"cookie": {"name": "side"}}
        return obj

    with TRAEFIK.api() as api:
        api.store.change(TRAEFIK_SERVICE, sticky)
        assert "keeps clients on their side by a cookie" in wrong(
            TRAEFIK.build(**told(url=api.url))
        )


def test_the_doctor_finds_bodies_that_are_held_without_a_bound() -> None:
    with TRAEFIK_MIRROR.api() as api:
        assert "Set `maxBodySize`" in wrong(TRAEFIK_MIRROR.build(**told(url=api.url)))


def test_a_mirror_without_a_percentage_copies_nothing() -> None:
    def absent(obj: Obj) -> Obj:
        del obj["spec"]["mirroring"]["mirrors"][0]["percent"]
        return obj

    with TRAEFIK_MIRROR.api() as api:
        api.store.change(TRAEFIK_SERVICE, absent)
        driver = TRAEFIK_MIRROR.build(**told(url=api.url))
        assert driver.observe().weight == 0
        driver.apply(Decimal(10), None)
        assert driver.observe().weight == 10


@pytest.mark.parametrize("keys", [{"blue": "other"}, {"green": "other"}])
def test_a_mirror_between_others_says_what_to_write(keys: dict[str, object]) -> None:
    with TRAEFIK_MIRROR.api() as api:
        driver = TRAEFIK_MIRROR.build(**told(url=api.url, **keys))
        with pytest.raises(Permanent, match=r"does not mirror .* give it `mirroring`"):
            driver.apply(Decimal(10), None)
