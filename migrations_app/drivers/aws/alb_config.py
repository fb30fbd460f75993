"""What a runbook says about a route through an Application Load Balancer."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import StringConstraints, model_validator

from migrations_app.drivers.scale import Scale
from migrations_app.wire.aws_place import AwsPlace

_ARN = r"^arn:aws[a-z-]{0,12}:elasticloadbalancing:[a-z0-9-]{1,32}:[0-9]{12}:"
RuleArn = Annotated[
    str,
    StringConstraints(pattern=_ARN + r"listener-rule/app/[A-Za-z0-9-]{1,32}(/[0-9a-f]{1,32}){3}$"),
]
ListenerArn = Annotated[
    str, StringConstraints(pattern=_ARN + r"listener/app/[A-Za-z0-9-]{1,32}(/[0-9a-f]{1,32}){2}$")
]
GroupArn = Annotated[
    str, StringConstraints(pattern=_ARN + r"targetgroup/[A-Za-z0-9-]{1,32}/[0-9a-f]{1,32}$")
]
SCALE = Scale("An ALB", (100, 200, 1000))  # its weights go to 999; 100 + 0 stands for 0 and 100 %


class AlbConfig(AwsPlace):
    """`rule_arn` of a listener's rule, or `listener_arn` for what the listener does by default.

    `blue` and `green` are ARNs of target groups.
    """

    service_host: ClassVar[str] = "elasticloadbalancing.{region}"

    rule_arn: RuleArn | None = None
    listener_arn: ListenerArn | None = None
    blue: GroupArn
    green: GroupArn

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.rule_arn is None) == (self.listener_arn is None):
            raise ValueError("give either rule_arn, or listener_arn for the listener's default")
        if self.blue == self.green:
            raise ValueError("blue and green are the same target group")
        return self

    @property
    def arn(self) -> str:
        return self.rule_arn or self.listener_arn or ""
