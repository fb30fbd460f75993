"""A bench for drivers of Kubernetes objects: the fake API server, and one object on it."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from migrations_app.drivers.kube.driver import KubeDriver
from tests.fakes import kubectl
from tests.fakes.kube_api import MUTE, TOKEN, UNHEARD, KubeApi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from decimal import Decimal
    from pathlib import Path

    from tests.fakes.kube_store import Key

    Obj = dict[str, Any]

SOON = 0.3  # seconds until a driver gives up on what is mute on purpose
PATIENT = 30  # seconds for what answers, however busy the machine
NOWHERE = "http://127.0.0.1:1"

D = TypeVar("D", bound=KubeDriver)


def told(**keys: object) -> dict[str, object]:
    """What every configuration has: the namespace and who we are."""
    return {"namespace": "prod", "token": TOKEN, "timeout": PATIENT, **keys}


@dataclass
class KubeBench(Generic[D]):
    """`build` makes a driver from the keys of a place; `share` and `moved` know the object."""

    api: KubeApi
    key: Key
    build: Callable[..., D]
    share: Callable[[Obj], Decimal]
    moved: Callable[[Obj, Decimal], Obj]
    folder: Path
    status: bool = False  # whether `moved` changes the status

    def __post_init__(self) -> None:
        self.driver = self.build(**told(url=self.api.url))

    def truth(self) -> Decimal:
        return self.share(self.api.store.get(self.key))

    def move(self, weight: Decimal) -> None:
        self.api.store.change(
            self.key, lambda obj: self.moved(obj, weight), status=self.status, by="a person"
        )

    def writes(self) -> object:
        return len(self.api.writes)

    def type_in(self, commands: Sequence[str]) -> list[str]:
        """In a shell, with the stand-in for kubectl: the real one can't be had here."""
        env = kubectl.installed(self.folder, self.api.url, TOKEN)
        return [typed(command, env) for command in commands]

    @contextmanager
    def nobody(self) -> Iterator[D]:
        yield self.build(**told(url=NOWHERE))

    @contextmanager
    def mute(self) -> Iterator[D]:
        with self.api.going_wrong(MUTE):
            yield self.build(**told(url=self.api.url, timeout=SOON))

    @contextmanager
    def unheard(self) -> Iterator[D]:
        with self.api.going_wrong(UNHEARD):
            yield self.build(**told(url=self.api.url))


def typed(command: str, env: dict[str, str]) -> str:
    """What a person at a terminal would see."""
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True, env=env)  # noqa: S602 - the point is that a shell reads it
    return done.stdout
