"""What a runbook says about a route through Azure."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StrictInt, StringConstraints, model_validator

from migrations_app.drivers.scale import Scale
from migrations_app.wire.patience import Patience
from migrations_app.wire.place import BaseUrl, HeaderValue, Place

_GUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_GROUP = r"^[A-Za-z0-9_]([A-Za-z0-9._()-]{0,88}[A-Za-z0-9_()-])?$"
Guid = Annotated[str, StringConstraints(pattern=_GUID)]
Group = Annotated[str, StringConstraints(pattern=_GROUP)]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,259}$")]
Version = Annotated[str, StringConstraints(pattern=r"^20\d\d-\d\d-\d\d(-preview)?$")]
SCALE = Scale("Azure", (100, 200, 1000))  # weights go from 1 to 1000; 0 is a side switched off


class AzurePlace(Place):
    """Who we are (an application with a client secret) and in which resource group."""

    secret_keys: ClassVar[tuple[str, ...]] = ("client_secret",)

    url: BaseUrl = "https://management.azure.com"
    login_url: BaseUrl = "https://login.microsoftonline.com"
    tenant: Guid
    client_id: Guid
    client_secret: HeaderValue
    subscription: Guid
    resource_group: Group
    profile: Name
    blue: Name
    green: Name
    timeout: Patience = timedelta(seconds=60)

    @model_validator(mode="after")
    def _two_sides(self) -> Self:
        if self.blue.lower() == self.green.lower():
            raise ValueError("blue and green are the same")
        return self

    @property
    def group_path(self) -> str:
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.resource_group}"


class FrontDoorConfig(AzurePlace):
    """`blue` and `green` are names of origins in `origin_group`."""

    origin_group: Name
    api_version: Version = "2023-05-01"

    @property
    def path(self) -> str:
        """Of the origin group."""
        profile = f"{self.group_path}/providers/Microsoft.Cdn/profiles/{self.profile}"
        return f"{profile}/originGroups/{self.origin_group}"


class TrafficManagerConfig(AzurePlace):
    """`blue` and `green` are names of endpoints of the profile. `ttl` in seconds is the profile's:
    the part of a rollback that resolvers take. `check` compares."""

    endpoints: Literal["AzureEndpoints", "ExternalEndpoints", "NestedEndpoints"]
    ttl: Annotated[StrictInt, Field(ge=0, le=86_400)]
    api_version: Version = "2022-04-01"
    timeout: Patience = timedelta(seconds=20)

    @property
    def path(self) -> str:
        """Of the profile."""
        return (
            f"{self.group_path}/providers/Microsoft.Network/trafficManagerProfiles/{self.profile}"
        )
