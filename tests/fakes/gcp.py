"""Google's Compute API, as far as a URL map goes: tokens, fingerprints, operations, ranges."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.fakes.between import Said

if TYPE_CHECKING:
    from decimal import Decimal

    from tests.fakes.between import Heard

TOKEN = "ya29.OPEN-SESAME-of-the-tests"
SCOPE = "/compute/v1/projects/orders-1/global"
MAP = f"{SCOPE}/urlMaps/web"
MACHINE = "/computeMetadata/v1/instance/service-accounts/default/token"
_PREFIX = "https://www.googleapis.com/compute/v1/projects/orders-1/global/backendServices/"


@cache
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def key_file() -> str:
    """A service account's key, as Google hands it out."""
    pem = private_key().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return json.dumps(
        {
            "type": "service_account",
            "client_email": "warroom@orders-1.iam.gserviceaccount.com",
            "private_key": pem.decode(),
            "private_key_id": "1",
            "token_uri": "https://oauth2.googleapis.com/token",
        }
    )


def weighted(blue: int, green: int) -> dict[str, Any]:
    parts = (("blue", blue), ("green", green))
    services = [{"backendService": _PREFIX + name, "weight": weight} for name, weight in parts]
    return {"weightedBackendServices": services}


def _map() -> dict[str, Any]:
    rule = {"priority": 10, "matchRules": [{"prefixMatch": "/"}], "routeAction": weighted(100, 0)}
    matcher = {
        "name": "all",
        "defaultRouteAction": weighted(100, 0),
        "routeRules": [rule, {"priority": 20, "service": _PREFIX + "blue"}],
    }
    return {
        "name": "web",
        "fingerprint": "f0",
        "defaultRouteAction": weighted(100, 0),
        "pathMatchers": [{"name": "other", "defaultService": _PREFIX + "other"}, matcher],
    }


def _services() -> dict[str, Any]:
    return {name: {"name": name, "backends": [{"group": "g"}]} for name in ("blue", "green")}


@dataclass
class FakeCompute:
    """`slow`: looks at an operation before it is done. `error`: what it ends with instead."""

    map: dict[str, Any] = field(default_factory=_map)
    services: dict[str, Any] = field(default_factory=_services)
    health: dict[str, list[str]] = field(
        default_factory=lambda: {"blue": ["HEALTHY"], "green": ["HEALTHY"]}
    )
    slow: int = 1
    error: dict[str, Any] | None = None
    status: int = 400  # of the error
    operations: dict[str, int] = field(default_factory=dict)
    logins: int = 0

    def answer(self, heard: Heard) -> Said:
        path = urlsplit(heard.path).path
        if path in {"/token", MACHINE}:
            return self._login(path, heard)
        if heard.headers.get("authorization") != f"Bearer {TOKEN}":
            return failed(401, "authError", "Invalid Credentials")
        if path == MAP:
            return self._patch(heard) if heard.method == "PATCH" else told(self.map)
        if path.endswith("/getHealth"):
            name = path.split("/")[-2]
            states = [{"healthState": state} for state in self.health.get(name, ())]
            return (
                told({"healthStatus": states}) if states else failed(400, "invalid", "serverless")
            )
        kind, _, name = path.removeprefix(SCOPE + "/").partition("/")
        if kind == "operations" and name in self.operations:
            return self._operation(name)
        if kind == "backendServices" and name in self.services:
            return told(self.services[name])
        return failed(404, "notFound", f"{path} was not found")

    @property
    def weights(self) -> tuple[float, float]:
        blue, green = self.rule["routeAction"]["weightedBackendServices"]
        return blue["weight"], green["weight"]

    @property
    def rule(self) -> dict[str, Any]:
        """Where `weights` and `move` are."""
        rule: dict[str, Any] = self.map["pathMatchers"][1]["routeRules"][0]
        return rule

    def move(self, weight: Decimal) -> None:
        self.rule["routeAction"] |= weighted(100 - int(weight), int(weight))
        self.touch()

    def touch(self) -> None:
        text = json.dumps(self.map, sort_keys=True)
        self.map["fingerprint"] = sha256(text.encode()).hexdigest()[:12]

    def _patch(self, heard: Heard) -> Said:
        body = json.loads(heard.body)
        asked = parse_qs(urlsplit(heard.path).query).get("requestId")
        number = asked[0] if asked else str(len(self.operations))
        if number in self.operations:
            return self._operation(number)
        if body.get("fingerprint") != self.map["fingerprint"]:
            return failed(412, "conditionNotMet", "Invalid fingerprint.")
        if why := _wrong(body):
            return failed(400, "invalid", why)
        self.operations[number] = self.slow
        if self.error is None:
            self.map = _merged(self.map, body)
            self.touch()
        return self._operation(number)

    def _operation(self, number: str) -> Said:
        self.operations[number] -= 1
        status = "DONE" if self.operations[number] < 0 else "RUNNING"
        told_: dict[str, Any] = {"kind": "compute#operation", "name": number, "status": status}
        if status == "DONE" and self.error:
            told_ |= {"error": {"errors": [self.error]}, "httpErrorStatusCode": self.status}
        return told(told_)

    def _login(self, path: str, heard: Heard) -> Said:
        self.logins += 1
        if path == MACHINE and heard.headers.get("metadata-flavor") != "Google":
            return told({}, 403)
        if path == "/token" and not _signed(parse_qs(heard.body.decode())["assertion"][0]):
            return told({"error": "invalid_grant", "error_description": "Invalid JWT"}, 400)
        return told({"access_token": TOKEN, "expires_in": 3599, "token_type": "Bearer"})


def _signed(assertion: str) -> bool:
    head, claims, signature = assertion.split(".")
    private_key().public_key().verify(
        _decoded(signature), f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256()
    )
    told_ = json.loads(_decoded(claims))
    return bool(
        told_["aud"] == "https://oauth2.googleapis.com/token" and "compute" in told_["scope"]
    )


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _wrong(body: dict[str, Any]) -> str:
    for action in _actions(body):
        policy = action.get("requestMirrorPolicy") or {"mirrorPercent": 0}
        if not 0 <= policy["mirrorPercent"] <= 100:
            return "mirrorPercent must be between 0 and 100"
        for one in action.get("weightedBackendServices") or []:
            if not 0 <= one["weight"] <= 1000:
                return "weight must be between 0 and 1000"
    return ""


def _actions(body: dict[str, Any]) -> list[dict[str, Any]]:
    found = [body.get("defaultRouteAction")]
    for matcher in body.get("pathMatchers", []):
        found += [matcher.get("defaultRouteAction")]
        found += [rule.get("routeAction") for rule in matcher.get("routeRules", [])]
    return [action for action in found if action]


def _merged(old: Any, new: Any) -> Any:
    """A merge patch: objects are merged, null removes, lists are replaced."""
    if not isinstance(new, dict):
        return new
    made = dict(old) if isinstance(old, dict) else {}
    for key, value in new.items():
        if value is None:
            made.pop(key, None)
        else:
            made[key] = _merged(made.get(key), value)
    return made


def told(body: object, status: int = 200) -> Said:
    return Said(status, json.dumps(body).encode(), {"content-type": "application/json"})


def failed(status: int, reason: str, words: str) -> Said:
    errors = [{"reason": reason, "message": words}]
    return told({"error": {"code": status, "message": words, "errors": errors}}, status)
