"""What a runbook says about a route through Cloudflare Load Balancing."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, ClassVar, Self

from pydantic import Field, StrictInt, StringConstraints, model_validator

from migrations_app.drivers.scale import Scale
from migrations_app.wire.patience import Patience
from migrations_app.wire.place import BaseUrl, HeaderValue, Place

_ID = r"^[0-9a-f]{32}$"
Id = Annotated[str, StringConstraints(pattern=_ID)]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
SCALE = Scale("Cloudflare")  # weights are hundredths from 0 to 1


class CloudflareConfig(Place):
    """`zone` and `load_balancer`: `blue` and `green` are ids of two of its pools (with `account`,
    their health is looked at too). `account` and `pool`: they are names of two origins in it.

    `ttl` in seconds for a load balancer that is not proxied (DNS only); 0 for one that is.
    """

    secret_keys: ClassVar[tuple[str, ...]] = ("token",)

    url: BaseUrl = "https://api.cloudflare.com/client/v4"
    token: HeaderValue
    zone: Id | None = None
    load_balancer: Id | None = None
    account: Id | None = None
    pool: Id | None = None
    blue: Name
    green: Name
    ttl: Annotated[StrictInt, Field(ge=0, le=86_400)] = 0
    timeout: Patience = timedelta(seconds=10)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.load_balancer is None) == (self.pool is None):
            raise ValueError("give zone and load_balancer (pools), or account and pool (origins)")
        if self.load_balancer is not None and self.zone is None:
            raise ValueError("load_balancer needs its zone")
        if self.pool is not None and (self.account is None or self.zone is not None):
            raise ValueError("pool needs its account, and no zone")
        if self.blue == self.green:
            raise ValueError("blue and green are the same")
        return self
