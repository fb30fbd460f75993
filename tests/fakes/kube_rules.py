"""What admission adds to the schemas: webhooks, and rules in CEL, where drivers meet them."""

from __future__ import annotations

from typing import Any

Obj = dict[str, Any]


def denied(kind: str, obj: Obj) -> str:
    """Why it is not taken; empty if it is."""
    return RULES[kind](obj) if kind in RULES else ""


def _istio(obj: Obj) -> str:
    for rule in obj["spec"].get("http", []):
        routes = rule.get("route", [])
        if len(routes) > 1 and not sum(route.get("weight", 0) for route in routes):
            return "total destination weight = 0"
        if rule.get("mirror") and rule.get("mirrors"):
            return "HTTP route cannot contain both mirror and mirrors"
        for one in rule.get("mirrors", []):
            if not 0 <= one.get("percentage", {}).get("value", 0) <= 100:
                return "percentage must be in range 0..100"
    return ""


def _gateway(obj: Obj) -> str:
    for rule in obj["spec"].get("rules", []):
        for one in rule.get("filters", []):
            mirror = one.get("requestMirror", {})
            if "percent" in mirror and "fraction" in mirror:
                return "Only one of percent or fraction may be specified in HTTPRequestMirrorFilter"
    return ""


RULES = {
    "virtualservices.networking.istio.io": _istio,
    "httproutes.gateway.networking.k8s.io": _gateway,
}
