"""The driver contract for real nginxes, in each of the three ways."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import httpx
import pytest

from migrations_app.drivers.nginx import include
from tests.drivers.build import SOON
from tests.drivers.contract import DriverContract
from tests.drivers.made import all_closed
from tests.drivers.mute import HEARD, PATIENCE, deaf, mute
from tests.drivers.nginx_build import JS_HTTP, JS_STATUS, STATUS, at, keys
from tests.drivers.slow import SlowDriverContract
from tests.drivers.test_contract import shell
from tests.real_nginx import RealNginx, installed, nginx, with_njs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from migrations_app.drivers.nginx.driver import NginxDriver

__all__ = ["all_closed"]
FRONT = {"split_clients": "$warroom_app", "upstream": "app"}
PLANES = [
    pytest.param((version.values[0], way), id=f"{way}-{version.id}", marks=version.marks)
    for version in installed()
    for way in (["split_clients", "upstream"] if version.id == "wheel" else ["split_clients"])
]


@dataclass
class FileBench:
    nginx: RealNginx
    way: str
    driver: NginxDriver

    def truth(self) -> Decimal:
        """What the running generation says, asked by another client than the driver's."""
        return Decimal(self.nginx.says().split()[0])

    def move(self, weight: Decimal) -> None:
        self.nginx.load(include.text(keys(self.nginx, self.way), weight))

    def writes(self) -> object:
        return self.nginx.include.stat().st_mtime_ns, self.nginx.workers()

    def type_in(self, commands: Sequence[str]) -> list[str]:
        return [shell(command) for command in commands]

    @contextmanager
    def nobody(self) -> Iterator[NginxDriver]:
        url = "http://127.0.0.1:1/warroom/app"
        yield at(self.nginx, self.way, url=url, pid_file=f"{self.nginx.directory}/nobody")

    @contextmanager
    def mute(self) -> Iterator[NginxDriver]:
        with mute() as url:
            yield at(self.nginx, self.way, url=url, timeout=SOON)

    unheard = mute  # it writes and signals, and then nobody says that it runs


class TestNginx(SlowDriverContract):
    """Each way with the newer nginx, one of them with the older: they differ in nothing here."""

    @pytest.fixture(scope="class", params=PLANES)
    @classmethod
    def bench(cls, request: pytest.FixtureRequest) -> Iterator[FileBench]:
        binary, way = request.param
        begin = include.text(keys(None, way), Decimal(0))
        with nginx(
            binary, begin, http="    include {include};", status_server=STATUS,
            front_server=f"        location / {{ proxy_pass http://{FRONT[way]}; }}",
        ) as running:  # fmt: skip
            yield FileBench(running, way, at(running, way))


@dataclass
class NjsBench:
    nginx: RealNginx
    driver: NginxDriver

    def truth(self) -> Decimal:
        return Decimal(re.findall(r'"weight":"([0-9.]+)"', self.nginx.says())[0])

    def move(self, weight: Decimal) -> None:
        body = {"weight": str(weight)}
        httpx.put(self.nginx.status, json=body, timeout=PATIENCE).raise_for_status()

    def writes(self) -> object:
        return self.nginx.says()

    def type_in(self, commands: Sequence[str]) -> list[str]:
        return [shell(command) for command in commands]

    @contextmanager
    def nobody(self) -> Iterator[NginxDriver]:
        yield at(self.nginx, "njs", url="http://127.0.0.1:1/warroom/app")

    @contextmanager
    def mute(self) -> Iterator[NginxDriver]:
        with mute() as url:
            yield at(self.nginx, "njs", url=url, timeout=SOON)

    @contextmanager
    def unheard(self) -> Iterator[NginxDriver]:
        base, _, path = self.nginx.status.partition("/warroom")
        with deaf(base) as url:
            yield at(self.nginx, "njs", url=f"{url}/warroom{path}", timeout=HEARD)


class TestNginxWithNjs(DriverContract):
    @pytest.fixture(scope="class", params=with_njs())
    @classmethod
    def bench(cls, request: pytest.FixtureRequest) -> Iterator[NjsBench]:
        with nginx(request.param, "", http=JS_HTTP, status_server=JS_STATUS) as running:
            yield NjsBench(running, at(running, "njs"))
