"""What a runbook says about a pair of weighted records in Route 53."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, StrictInt, StringConstraints, model_validator

from migrations_app.drivers.scale import Scale
from migrations_app.wire.aws_place import AwsPlace, Region

_NAME = re.compile(r"(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+", re.ASCII)
SCALE = Scale("A pair of records in Route 53", (100, 200))  # weights go to 255
# Route 53's own word for how long a change generally takes to reach all of its name servers.
PROPAGATION_S = 60


def _name(text: str) -> str:
    """As Route 53 says it: lower case, with the last dot, and `*` as an escape."""
    name = text.lower().rstrip(".") + "."
    if not _NAME.fullmatch(name) or len(name) > 255:
        raise ValueError("write the record's whole name, such as orders.example.org")
    return name.replace("*", r"\052")


RecordName = Annotated[str, AfterValidator(_name)]
SetId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:/ -]{1,128}$")]


class Route53Config(AwsPlace):
    """`blue` and `green` are the set identifiers of two weighted records of one name and type.

    `ttl` in seconds is theirs: the part of a rollback that resolvers take. `check` compares.
    """

    service_host: ClassVar[str] = "route53"

    region: Region = "us-east-1"
    zone_id: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,32}$")]
    name: RecordName
    type: Literal["A", "AAAA", "CNAME", "TXT", "MX", "SRV"] = "A"
    blue: SetId
    green: SetId
    ttl: Annotated[StrictInt, Field(ge=1, le=86_400)]

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.blue == self.green:
            raise ValueError("blue and green are the same record")
        return self

    @property
    def label(self) -> str:
        return f"{self.type} {self.name}".replace(r"\052", "*")
