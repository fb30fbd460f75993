"""nginx, open source: a share of requests (or of copies of them) for GREEN, in one of three ways.

`split_clients` and `upstream` write a file that nginx includes and have it reload; it counts once
the running generation says that it has loaded it. `njs` keeps the share in shared memory and
reloads nothing. All three compare before they write: by the file's text under a lock, or by the
version that our njs keeps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from migrations_app.drivers.base import Capabilities
from migrations_app.drivers.fleet import Fleet
from migrations_app.drivers.nginx.config import NginxConfig
from migrations_app.drivers.nginx.file_way import FileWay
from migrations_app.drivers.nginx.njs_way import NjsWay

if TYPE_CHECKING:
    from pydantic import BaseModel


class NginxDriver(Fleet):
    """A route through the nginx of this host, or with njs through any. See `NginxConfig`."""

    kind: ClassVar[str] = "nginx"
    Config: ClassVar[type[BaseModel]] = NginxConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        compare_and_set=True, mirror=True, finest_step="0.01"
    )
    verify_deadline: ClassVar[float] = 10.0
    read_interval: ClassVar[float] = 1.0
    tried: ClassVar[str] = "nginx 1.22 and 1.31, njs 0.9.9"

    def __init__(self, config: NginxConfig) -> None:
        way = NjsWay if config.way == "njs" else FileWay
        super().__init__([way(one) for one in config.each()], config.timeout.total_seconds())
