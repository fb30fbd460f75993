"""What a runbook says about a route through nginx."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator, BeforeValidator, StringConstraints, model_validator

from migrations_app.domain.plan.base import Flag, wrong
from migrations_app.drivers.nginx.address import AddressText
from migrations_app.wire.patience import Patience
from migrations_app.wire.place import Auth
from migrations_app.wire.places import Places

MOST_SERVERS: Final = 64
_OF_FILES: Final = ("include", "blue", "green")

# Letters that neither nginx nor a shell reads as anything but themselves.
FilePath = Annotated[
    str, StringConstraints(pattern=r"^/[A-Za-z0-9._/@+-]*[A-Za-z0-9_]$", max_length=200)
]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
# Who stays together: each value of it is one cohort.
Key = Annotated[
    str,
    StringConstraints(
        pattern=r"^\$(remote_addr|request_id|(cookie|http)_[A-Za-z0-9_]{1,60})$",
    ),
]


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _some(servers: tuple[str, ...]) -> tuple[str, ...]:
    if len(servers) > MOST_SERVERS:
        raise wrong(f"a side has at most {MOST_SERVERS} servers")
    return servers


Servers = Annotated[tuple[AddressText, ...], BeforeValidator(_several), AfterValidator(_some)]


class NginxConfig(Places):
    """`url`: where nginx says what it does now (or, with njs, is told to do something else).

    `blue` and `green` are what `$warroom_NAME` becomes (split_clients: the name of an upstream),
    or the addresses of servers in the upstream `NAME` (upstream). `others`: more nginxs, with njs.
    `auth`: for whatever stands before `url`. `timeout` bounds a whole call, `nginx -t` and the
    reload included.
    """

    secret_keys: ClassVar[tuple[str, ...]] = ("auth",)

    way: Literal["split_clients", "upstream", "njs"]
    moves: Literal["share", "mirror"] = "share"
    name: Name = "app"
    blue: Servers = ()
    green: Servers = ()
    key: Key = "$remote_addr"
    include: FilePath | None = None
    settings: FilePath | None = None
    main: FilePath = "/etc/nginx/nginx.conf"
    pid_file: FilePath = "/run/nginx.pid"
    program: FilePath = "/usr/sbin/nginx"
    sudo: Flag = False
    auth: Auth | None = None
    timeout: Patience = timedelta(seconds=10)

    @model_validator(mode="after")
    def _fits_its_way(self) -> NginxConfig:
        match self.way:
            case "njs":
                self._needs_none(_OF_FILES)
            case "split_clients":
                self._is_split()
            case "upstream":
                self._is_upstream()
        return self

    def _needs_none(self, keys: tuple[str, ...]) -> None:
        if given := [key for key in keys if getattr(self, key)]:
            raise wrong(f"way: {self.way} has no use for {', '.join(given)}")

    def _is_split(self) -> None:
        self._needs_none(("settings",))
        self._is_here()
        if self.include is None or len(self.blue) != 1 or len(self.green) != 1:
            raise wrong("way: split_clients needs `include`, one `blue` and one `green`")
        if self.blue == self.green:
            raise wrong("`blue` and `green` are the same")

    def _is_upstream(self) -> None:
        self._is_here()
        if self.moves == "mirror":
            raise wrong("way: upstream can't mirror; split_clients and njs can")
        if self.include is None or not self.blue or not self.green:
            raise wrong("way: upstream needs `include`, `blue` and `green` (addresses of servers)")
        if len(set(self.blue + self.green)) < len(self.blue + self.green):
            raise wrong("`blue` and `green` name a server twice; each is on one side only")

    def _is_here(self) -> None:
        if self.others:
            raise wrong("a file is written on this host only; several nginxs need way: njs")

    @property
    def variable(self) -> str:
        """What the rest of nginx's configuration refers to."""
        return f"$warroom_{self.name}"
