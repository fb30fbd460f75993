"""Azure, as far as weights go: its login, Front Door's operations, Traffic Manager's endpoints."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.between import Said

if TYPE_CHECKING:
    from decimal import Decimal

    from tests.fakes.between import Heard

TOKEN, SECRET = "eyJ0.OPEN-SESAME", "HUSH-of-the-tests"
TENANT, CLIENT, SUBSCRIPTION = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "123")
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/orders-rg/providers"
ORIGIN_GROUP = f"{GROUP}/Microsoft.Cdn/profiles/shop/originGroups/web"
PROFILE = f"{GROUP}/Microsoft.Network/trafficManagerProfiles/shop"


def _origins() -> dict[str, dict[str, Any]]:
    def origin(on: str, weight: int) -> dict[str, Any]:
        told = {"weight": weight, "priority": 1, "enabledState": on, "hostName": "o.example"}
        return told | {"provisioningState": "Succeeded", "deploymentStatus": "NotStarted"}

    return {"blue": origin("Enabled", 100), "green": origin("Disabled", 50)}


def _endpoints() -> dict[str, dict[str, Any]]:
    def endpoint(on: str) -> dict[str, Any]:
        status = "Online" if on == "Enabled" else "Disabled"
        return {"weight": 100, "endpointStatus": on, "endpointMonitorStatus": status}

    return {"blue": endpoint("Enabled"), "green": endpoint("Disabled")}


@dataclass
class FakeAzure:
    """`door`: what `weights` and `move` are about, else the manager. `slow`: looks at an operation
    before it is done; `ends`: how. One operation at a time."""

    door: bool = True
    slow: int = 0
    placed: bool = False  # an operation is a place that answers 202 until it is done
    ends: str = "Succeeded"
    origins: dict[str, dict[str, Any]] = field(default_factory=_origins)
    endpoints: dict[str, dict[str, Any]] = field(default_factory=_endpoints)
    group: dict[str, Any] = field(
        default_factory=lambda: {
            "loadBalancingSettings": {"additionalLatencyInMilliseconds": 500},
            "healthProbeSettings": {"probePath": "/"},
            "sessionAffinityState": "Disabled",
        }
    )
    profile: dict[str, Any] = field(
        default_factory=lambda: {
            "profileStatus": "Enabled",
            "trafficRoutingMethod": "Weighted",
            "dnsConfig": {"ttl": 60},
        }
    )
    running: int = 0
    logins: int = 0
    order: list[str] = field(default_factory=list)

    def answer(self, heard: Heard) -> Said:
        asked = urlsplit(heard.path)
        if asked.path == f"/{TENANT}/oauth2/v2.0/token":
            return self._login(parse_qs(heard.body.decode()))
        if heard.headers.get("authorization") != f"Bearer {TOKEN}":
            return failed(401, "AuthenticationFailed", "The access token is invalid.")
        if "api-version" not in parse_qs(asked.query):
            return failed(400, "MissingApiVersionParameter", "api-version is required")
        return self._arm(heard, asked.path)

    def _arm(self, heard: Heard, path: str) -> Said:
        place, _, name = path.rpartition("/")
        if path == f"{GROUP}/operations/1":
            return self._operation()
        if path == ORIGIN_GROUP:
            return told({"properties": self.group})
        if path == f"{ORIGIN_GROUP}/origins":
            return self._page(heard)
        if path == PROFILE:
            return told({"properties": {**self.profile, "endpoints": _listed(self.endpoints)}})
        if place == f"{ORIGIN_GROUP}/origins" and name in self.origins:
            return self._patch(self.origins, name, heard, "enabledState")
        if place == f"{PROFILE}/ExternalEndpoints" and name in self.endpoints:
            return self._patch(self.endpoints, name, heard, "endpointStatus")
        return failed(404, "ResourceNotFound", f"{path} was not found")

    def _page(self, heard: Heard) -> Said:
        """One origin on each."""
        listed = _listed(self.origins)
        at = int(parse_qs(urlsplit(heard.path).query).get("skip", ["0"])[0])
        more = f"http://{heard.headers['host']}{ORIGIN_GROUP}/origins?api-version=1&skip={at + 1}"
        link = {"nextLink": more} if at + 1 < len(listed) else {}
        return told({"value": listed[at : at + 1], **link})

    def _patch(
        self, things: dict[str, dict[str, Any]], name: str, heard: Heard, switch: str
    ) -> Said:
        wanted = json.loads(heard.body)["properties"]
        if self.running:
            return failed(409, "Conflict", "Another operation is in progress.")
        if not 1 <= wanted.get("weight", 1) <= 1000:
            return failed(400, "BadRequest", "weight must be between 1 and 1000")
        if not wanted.keys() <= {"weight", switch}:
            return failed(400, "BadRequest", "unknown property")
        self.order.append(name)
        if self.ends == "Succeeded":
            things[name] |= wanted
        if switch == "endpointStatus":
            return told({"name": name, "properties": things[name]})
        self.running = self.slow
        where = f"http://{heard.headers['host']}{GROUP}/operations/1?api-version=1"
        return told({}, 202, **{"location" if self.placed else "azure-asyncoperation": where})

    def _operation(self) -> Said:
        self.running = max(0, self.running - 1)
        if self.placed:
            return Said(202 if self.running else 204)
        if self.running:
            return told({"status": "InProgress"})
        error = {} if self.ends == "Succeeded" else {"error": {"message": "for a reason"}}
        return told({"status": self.ends, **error})

    def _login(self, form: dict[str, list[str]]) -> Said:
        self.logins += 1
        if form.get("client_secret") != [SECRET] or not form["scope"][0].endswith("/.default"):
            words = "AADSTS7000215: Invalid client secret provided."
            return told({"error": "invalid_client", "error_description": words}, 401)
        return told({"access_token": TOKEN, "expires_in": 3599, "token_type": "Bearer"})

    @property
    def weights(self) -> tuple[float, float]:
        if self.door:
            return _pull(self.origins["blue"]), _pull(self.origins["green"])
        return _pull(self.endpoints["blue"]), _pull(self.endpoints["green"])

    def move(self, weight: Decimal) -> None:
        for name, part in (("blue", 100 - int(weight)), ("green", int(weight))):
            on = "Enabled" if part else "Disabled"
            self.origins[name] |= {"enabledState": on, "weight": part or 50}
            self.endpoints[name] |= {"endpointStatus": on, "weight": part or 50}


def _pull(told_: dict[str, Any]) -> int:
    on = told_.get("enabledState", told_.get("endpointStatus")) == "Enabled"
    return int(told_["weight"]) if on else 0


def _listed(things: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"name": name, "properties": own} for name, own in things.items()]


def told(body: object, status: int = 200, **headers: str) -> Said:
    return Said(status, json.dumps(body).encode(), {"content-type": "application/json", **headers})


def failed(status: int, code: str, words: str, **headers: str) -> Said:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return told({"error": {"code": code, "message": words}}, status, **named)
