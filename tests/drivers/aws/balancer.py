"""A load balancer of moto's, with two target groups behind a rule or a listener's default."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from migrations_app.drivers.aws.alb import AlbDriver
from migrations_app.drivers.aws.alb_config import AlbConfig
from tests.real_moto import KEYS, client, until_the_end

if TYPE_CHECKING:
    from collections.abc import Sequence

numbers = count()
OIDC = {
    "Type": "authenticate-oidc",
    "Order": 1,
    "AuthenticateOidcConfig": {
        "Issuer": "https://login.example",
        "AuthorizationEndpoint": "https://login.example/a",
        "TokenEndpoint": "https://login.example/t",
        "UserInfoEndpoint": "https://login.example/u",
        "ClientId": "orders",
        "ClientSecret": "hush",
    },
}


@dataclass
class Balancer:
    """`where` is `{"rule_arn": …}` or `{"listener_arn": …}`."""

    elbv2: Any
    where: dict[str, str]
    blue: str
    green: str
    drivers: dict[str, AlbDriver] = field(default_factory=dict, repr=False)

    def actions(self) -> list[dict[str, Any]]:
        if "rule_arn" in self.where:
            told = self.elbv2.describe_rules(RuleArns=[self.where["rule_arn"]])
            return list(told["Rules"][0]["Actions"])
        told = self.elbv2.describe_listeners(ListenerArns=[self.where["listener_arn"]])
        return list(told["Listeners"][0]["DefaultActions"])

    def weights(self) -> tuple[int, int]:
        groups = self.actions()[-1]["ForwardConfig"]["TargetGroups"]
        told = {group["TargetGroupArn"]: int(group["Weight"]) for group in groups}
        return told.get(self.blue, 0), told.get(self.green, 0)

    def set(self, blue: int, green: int, **more: object) -> None:
        groups = [
            {"TargetGroupArn": self.blue, "Weight": blue},
            {"TargetGroupArn": self.green, "Weight": green},
        ]
        self.write([forward(groups, **more)])

    def write(self, actions: Sequence[object]) -> None:
        if "rule_arn" in self.where:
            self.elbv2.modify_rule(RuleArn=self.where["rule_arn"], Actions=actions)
        else:
            arn = self.where["listener_arn"]
            self.elbv2.modify_listener(ListenerArn=arn, DefaultActions=actions)

    def config(self, url: str, **keys: object) -> AlbConfig:
        sides = {"blue": self.blue, "green": self.green, **self.where}
        return AlbConfig.model_validate({**KEYS, "url": url, "timeout": 60, **sides, **keys})

    def driver(self, url: str, **keys: object) -> AlbDriver:
        """Equal ones are one: each reads AWS's descriptions of itself when it is first used."""
        name = f"{url} {sorted(keys.items())}"
        if name not in self.drivers:
            self.drivers[name] = until_the_end(AlbDriver(self.config(url, **keys)))
        return self.drivers[name]


def forward(groups: Sequence[object], **more: object) -> dict[str, Any]:
    sticky = {"Enabled": False, "DurationSeconds": 60}
    config = {"TargetGroups": groups, "TargetGroupStickinessConfig": sticky, **more}
    return {"Type": "forward", "Order": 2, "ForwardConfig": config}


def balancer(port: int, kind: str = "rule", *, targets: bool = True) -> Balancer:
    """At 0 %, with a healthy target on each side unless told otherwise."""
    elbv2, ec2 = client("elbv2", port), client("ec2", port)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    zones = ("eu-central-1a", "eu-central-1b")
    nets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=zone)["Subnet"]
        for n, zone in enumerate(zones)
    ]
    name = f"lb-{next(numbers)}"
    made = elbv2.create_load_balancer(Name=name, Subnets=[net["SubnetId"] for net in nets])
    blue, green = (_group(elbv2, vpc, f"{name}-{side}", targets) for side in ("blue", "green"))
    listener = elbv2.create_listener(
        LoadBalancerArn=made["LoadBalancers"][0]["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": blue}],
    )["Listeners"][0]["ListenerArn"]
    where = {"listener_arn": listener}
    if kind == "rule":
        rule = elbv2.create_rule(
            ListenerArn=listener,
            Priority=1,
            Conditions=[{"Field": "path-pattern", "Values": ["/*"]}],
            Actions=[{"Type": "forward", "TargetGroupArn": blue}],
        )["Rules"][0]["RuleArn"]
        where = {"rule_arn": rule}
    built = Balancer(elbv2, where, blue, green)
    built.set(100, 0)
    return built


def _group(elbv2: Any, vpc: str, name: str, targets: bool) -> str:
    arn = elbv2.create_target_group(
        Name=name, Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    if targets:
        elbv2.register_targets(TargetGroupArn=arn, Targets=[{"Id": "10.0.0.10", "Port": 80}])
    return str(arn)
