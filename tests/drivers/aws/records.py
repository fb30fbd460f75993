"""A hosted zone of moto's with two weighted records, behind a hand that keeps Route 53's rules."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from migrations_app.drivers.aws.route53 import Route53Driver
from migrations_app.drivers.aws.route53_config import Route53Config
from tests.fakes.between import Between, between
from tests.fakes.route53 import rewritten, strict
from tests.real_moto import KEYS, client, until_the_end

if TYPE_CHECKING:
    from collections.abc import Iterator

numbers = count()


@dataclass
class Records:
    route53: Any
    zone: str
    hand: Between
    drivers: dict[str, Route53Driver] = field(default_factory=dict, repr=False)

    def weights(self) -> dict[str, int]:
        told = self.route53.list_resource_record_sets(HostedZoneId=self.zone)
        sets = told["ResourceRecordSets"]
        return {one["SetIdentifier"]: int(one["Weight"]) for one in sets if "Weight" in one}

    def set(self, **weights: int) -> None:
        for name, weight in weights.items():
            self.write("UPSERT", name, weight)

    def write(self, action: str, name: str, weight: int, ttl: int = 60) -> None:
        record = {
            "Name": "orders.example.org.",
            "Type": "A",
            "SetIdentifier": name,
            "Weight": weight,
            "TTL": ttl,
            "ResourceRecords": [{"Value": f"10.0.0.{len(name)}"}],
        }
        change = {"Action": action, "ResourceRecordSet": record}
        self.route53.change_resource_record_sets(
            HostedZoneId=self.zone, ChangeBatch={"Changes": [change]}
        )

    def driver(self, url: str = "", **keys: object) -> Route53Driver:
        """Equal ones are one: each reads AWS's descriptions of itself when it is first used."""
        told = {
            **KEYS,
            "url": url or self.hand.url,
            "zone_id": self.zone,
            "name": "Orders.example.org",
            "blue": "blue",
            "green": "green",
            "ttl": 60,
            "timeout": 60,
            **keys,
        }
        name = str(sorted(told.items(), key=str))
        if name not in self.drivers:
            made = Route53Driver(Route53Config.model_validate(told))
            self.drivers[name] = until_the_end(made)
        return self.drivers[name]


@contextmanager
def records(port: int) -> Iterator[Records]:
    route53 = client("route53", port)
    made = route53.create_hosted_zone(Name="example.org", CallerReference=str(next(numbers)))
    zone = made["HostedZone"]["Id"].rpartition("/")[2]
    with between(port) as hand:
        hand.instead = lambda heard: strict(heard, route53, zone)
        hand.rewritten = rewritten
        built = Records(route53, zone, hand)
        built.set(blue=100, green=0)
        yield built
