"""What a runbook says about a route through a URL map of Google Cloud."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    StrictInt,
    StringConstraints,
    model_validator,
)

from migrations_app.drivers.scale import Scale
from migrations_app.wire.patience import Patience
from migrations_app.wire.place import BaseUrl, Place

Resource = Annotated[str, StringConstraints(pattern=r"^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$")]
Project = Annotated[
    str, StringConstraints(pattern=r"^([a-z0-9.-]{1,60}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$")
]
_KEY = ("type", "client_email", "private_key", "token_uri")
SCALE = Scale("A URL map", (100, 200, 1000))


def _key(secret: SecretStr) -> SecretStr:
    try:
        told = json.loads(secret.get_secret_value())
        whole = isinstance(told, dict) and all(isinstance(told.get(key), str) for key in _KEY)
    except ValueError:
        whole = False
    if not whole:
        raise ValueError("is not the JSON of a service account's key")
    return secret


class UrlMapConfig(Place):
    """`region` of a regional URL map; without it, a global one. Where the weights are: with
    `path_matcher` and `priority` in that route rule, with `path_matcher` alone in what it does by
    default, with neither in what the map does by default.

    `credentials`: a service account's key as JSON; without it the machine's own account is asked of
    its metadata server.
    """

    url: BaseUrl = "https://compute.googleapis.com"
    login_url: BaseUrl = "https://oauth2.googleapis.com"
    metadata_url: BaseUrl = "http://metadata.google.internal"
    credentials: Annotated[SecretStr, AfterValidator(_key)] | None = None
    project: Project
    region: Resource | None = None
    url_map: Resource
    path_matcher: Resource | None = None
    priority: Annotated[StrictInt, Field(ge=0, le=2_147_483_647)] | None = None
    blue: Resource
    green: Resource
    moves: Literal["share", "mirror"] = "share"
    timeout: Patience = timedelta(seconds=20)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.priority is not None and self.path_matcher is None:
            raise ValueError("priority names a route rule of a path_matcher: give both")
        if self.blue == self.green:
            raise ValueError("blue and green are the same backend service")
        return self

    @property
    def secret(self) -> bool:
        """A token always goes along."""
        return True

    @property
    def scope(self) -> str:
        """`/compute/v1/projects/p/global`."""
        where = f"regions/{self.region}" if self.region else "global"
        return f"/compute/v1/projects/{self.project}/{where}"

    @property
    def path(self) -> str:
        return f"{self.scope}/urlMaps/{self.url_map}"

    def service(self, name: str) -> str:
        """A backend service as a URL map names it."""
        return f"{self.scope.removeprefix('/compute/v1/')}/backendServices/{name}"

    @property
    def said(self) -> str:
        return f"URL map {self.url_map}"
