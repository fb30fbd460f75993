"""Cloudflare's load balancers and pools, as far as weights go: its envelope, login and ranges."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.between import Said

if TYPE_CHECKING:
    from decimal import Decimal

    from tests.fakes.between import Heard

TOKEN = "OPEN-SESAME-of-the-tests"
ZONE, LB, ACCOUNT, POOL = (letter * 32 for letter in "abcd")
BLUE, GREEN, THIRD = (digit * 32 for digit in "123")
LB_PATH = f"/client/v4/zones/{ZONE}/load_balancers/{LB}"
POOL_PATH = f"/client/v4/accounts/{ACCOUNT}/load_balancers/pools/{POOL}"


def _things() -> dict[str, dict[str, Any]]:
    origins = [
        {"name": name, "address": f"10.0.0.{n}", "enabled": True, "weight": weight, "port": 443}
        for n, (name, weight) in enumerate((("blue", 1), ("green", 0)))
    ]
    return {
        LB_PATH: {
            "id": LB,
            "enabled": True,
            "proxied": True,
            "default_pools": [BLUE, GREEN],
            "steering_policy": "random",
            "random_steering": {"default_weight": 0.2, "pool_weights": {BLUE: 1, GREEN: 0}},
            "session_affinity": "none",
        },
        POOL_PATH: {"id": POOL, "enabled": True, "monitor": "m", "origins": origins},
    }


@dataclass
class FakeCloudflare:
    """`pools`: what `truth` and `move` are about; else the origins."""

    pools: bool = True
    things: dict[str, dict[str, Any]] = field(default_factory=_things)
    ill: set[str] = field(default_factory=set)  # pools and addresses of origins
    watched: bool = True

    def answer(self, heard: Heard) -> Said:
        if heard.headers.get("authorization") != f"Bearer {TOKEN}":
            return failed(401, 10000, "Authentication error")
        if heard.path.endswith("/health"):
            result = self._health(heard.path.split("/")[-2])
            return told({"success": True, "errors": [], "messages": [], "result": result})
        thing = self.things.get(heard.path)
        if thing is None:
            return failed(404, 1002, "not found")
        if heard.method == "PATCH":
            if why := _wrong(json.loads(heard.body)):
                return failed(400, 1002, why)
            thing.update(json.loads(heard.body))
        return told({"success": True, "errors": [], "messages": [], "result": thing})

    def _health(self, pool: str) -> dict[str, Any]:
        addresses = [one["address"] for one in self.things[POOL_PATH]["origins"]]
        origins = [{address: {"healthy": address not in self.ill}} for address in addresses]
        seen = {"healthy": pool not in self.ill, "origins": origins}
        places = {"Amsterdam, NL": seen, "Porto, PT": seen} if self.watched else {}
        return {"pool_id": pool, "pop_health": places}

    @property
    def weights(self) -> tuple[float, float]:
        if self.pools:
            told = self.things[LB_PATH]["random_steering"]["pool_weights"]
            return told[BLUE], told[GREEN]
        blue, green = self.things[POOL_PATH]["origins"]
        return blue["weight"], green["weight"]

    def move(self, weight: Decimal) -> None:
        blue, green = float((100 - weight) / 100), float(weight / 100)
        weights = {BLUE: blue, GREEN: green}
        self.things[LB_PATH]["random_steering"]["pool_weights"] = weights
        for one, to in zip(self.things[POOL_PATH]["origins"], (blue, green), strict=True):
            one["weight"] = to


def _wrong(body: dict[str, Any]) -> str:
    steering = body.get("random_steering", {"default_weight": 0, "pool_weights": {}})
    weights = [*steering["pool_weights"].values(), steering["default_weight"]]
    weights += [one["weight"] for one in body.get("origins", [])]
    if not all(0 <= weight <= 1 and round(weight, 2) == weight for weight in weights):
        return "weight must be between 0 and 1 in steps of 0.01"
    if any("address" not in one for one in body.get("origins", [])):
        return "origins must have an address"
    return ""


def told(body: object, status: int = 200, **headers: str) -> Said:
    return Said(status, json.dumps(body).encode(), {"content-type": "application/json", **headers})


def failed(status: int, code: int, words: str, **headers: str) -> Said:
    errors = [{"code": code, "message": words}]
    body = {"success": False, "errors": errors, "messages": [], "result": None}
    return told(body, status, **{name.replace("_", "-"): value for name, value in headers.items()})
