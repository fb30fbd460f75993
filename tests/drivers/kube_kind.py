"""A kind of object that a driver moves, and what a person would do to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from migrations_app.drivers.base import DRIVERS
from tests.drivers.kube_bench import KubeBench
from tests.fakes.kube_api import KubeApi
from tests.fakes.kube_store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from migrations_app.drivers.base import Driver
    from tests.fakes.kube_store import Key

    Obj = dict[str, Any]
    Seen = Callable[[Obj], Decimal]
    Moved = Callable[[Obj, Decimal], Obj]


@dataclass(frozen=True)
class Kind:
    """`keys` of the configuration besides those of the place."""

    driver: str
    key: Key
    version: str
    body: Obj
    keys: dict[str, object]
    share: Seen
    moved: Moved
    controllers: Sequence[Callable[[Store, Key], None]] = field(default_factory=list)
    others: dict[Key, Obj] = field(default_factory=dict)  # objects of version v1 beside it
    status: bool = False  # whether people move it by its status

    def build(self, **keys: object) -> Driver:
        cls = DRIVERS.load(self.driver)
        return cls(cls.Config.model_validate({**self.keys, **keys}))

    def api(self) -> KubeApi:
        """A server that has the object."""
        api = KubeApi(Store(list(self.controllers)))
        for key, body in self.others.items():
            api.store.create(key, "v1", body)
        api.store.create(self.key, self.version, self.body)
        return api

    def bench(self, api: KubeApi, folder: Path) -> KubeBench[Any]:
        return KubeBench(api, self.key, self.build, self.share, self.moved, folder, self.status)


def weights(*way: str | int) -> tuple[Seen, Moved]:
    """For a list of two items with a weight each: BLUE's and GREEN's."""

    def items(obj: Obj) -> list[Obj]:
        for part in way:
            obj = obj[part]  # type: ignore[index] # a list is indexed by number
        return obj  # type: ignore[return-value] # the way ends at a list

    def share(obj: Obj) -> Decimal:
        blue, green = (int(one["weight"]) for one in items(obj))
        return Decimal(100 * green) / (blue + green)

    def moved(obj: Obj, weight: Decimal) -> Obj:
        blue, green = items(obj)
        blue["weight"], green["weight"] = 100 - int(weight), int(weight)
        return obj

    return share, moved


def value(*way: str | int) -> tuple[Seen, Moved]:
    """For one number in percent."""
    *above, last = way

    def parent(obj: Obj) -> Any:
        for part in above:
            obj = obj[part]  # type: ignore[index] # a list is indexed by number
        return obj

    def share(obj: Obj) -> Decimal:
        return Decimal(str(parent(obj)[last]))

    def moved(obj: Obj, weight: Decimal) -> Obj:
        parent(obj)[last] = int(weight)
        return obj

    return share, moved
