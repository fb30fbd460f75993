"""The part of Azure's answers that weights are read from."""

from __future__ import annotations

from migrations_app.wire.shape import Shape


class Weighed(Shape):
    weight: int | None = None
    priority: int | None = None


class Member(Shape):
    name: str
    properties: Weighed


class Page(Shape):
    """Of origins."""

    value: list[Member]


class Profile(Shape):
    trafficRoutingMethod: str
    endpoints: list[Member]


class TrafficManagerShape(Shape):
    properties: Profile
