"""The part of a URL map that weights and mirrors are read from."""

from __future__ import annotations

from migrations_app.wire.shape import Shape


class Part(Shape):
    backendService: str
    weight: int | None = None


class Policy(Shape):
    backendService: str
    mirrorPercent: float | None = None


class Action(Shape):
    weightedBackendServices: list[Part] | None = None
    requestMirrorPolicy: Policy | None = None


class Rule(Shape):
    priority: int
    routeAction: Action | None = None


class Matcher(Shape):
    name: str
    defaultRouteAction: Action | None = None
    routeRules: list[Rule] | None = None


class UrlMapShape(Shape):
    fingerprint: str
    defaultRouteAction: Action | None = None
    pathMatchers: list[Matcher] | None = None
