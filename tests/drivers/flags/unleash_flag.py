"""One flag in a real Unleash, and a driver of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING

from migrations_app.drivers.flags.unleash.config import UnleashConfig
from migrations_app.drivers.flags.unleash.driver import UnleashDriver
from tests.drivers.flags.bench import FlagBench
from tests.real_unleash import TOKEN

if TYPE_CHECKING:
    from tests.real_unleash import RealUnleash

names = (f"flag-{number}" for number in count())


def driver(**keys: object) -> UnleashDriver:
    keys = {"token": TOKEN, "environment": "development", **keys}
    return UnleashDriver(UnleashConfig.model_validate(keys))


@dataclass
class Flag:
    """One flag in a real Unleash."""

    server: RealUnleash
    name: str
    strategy: str

    @property
    def url(self) -> str:
        return self.server.url

    def rollout(self) -> str:
        strategies = self.server.of(self.name)["strategies"]
        [ours] = [one for one in strategies if one["id"] == self.strategy]
        return str(ours["parameters"]["rollout"])

    def truth(self) -> Decimal:
        return Decimal(self.rollout())

    def move(self, weight: Decimal) -> None:
        self.say(rollout=str(weight))

    def say(self, **parameters: str) -> None:
        """An outside hand."""
        said = {"groupId": self.name, "stickiness": "default", "rollout": "0", **parameters}
        self.server.change(self.name, self.strategy, parameters=said)

    def writes(self) -> object:
        events = self.server.client.get(f"/api/admin/events/{self.name}").json()
        return events["totalEvents"]

    def greens(self, users: int) -> set[str]:
        """Who gets the feature, of so many users, as Unleash itself evaluates it."""
        names = ",".join(f"user-{number}" for number in range(users))
        asked = {
            "projects": ["default"],
            "environments": ["development"],
            "context": {"appName": "shop", "userId": names},
        }
        answer = self.server.post("/api/admin/playground/advanced", asked)
        [found] = [one for one in answer["features"] if one["name"] == self.name]
        seen = found["environments"]["development"]
        return {one["context"]["userId"] for one in seen if one["isEnabled"]}

    @property
    def path(self) -> str:
        return f"/api/admin/projects/default/features/{self.name}/environments/development"


def bench_of(server: RealUnleash) -> FlagBench:
    name = next(names)
    flag = Flag(server, name, server.flag(name))
    keys = {"feature": name, "strategy": flag.strategy}
    return FlagBench(flag, driver, {"UNLEASH_TOKEN": TOKEN}, keys)
