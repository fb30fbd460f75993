"""Drivers of a real nginx for tests, and what its configuration needs for each way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import migrations_app.drivers.nginx as package
from migrations_app.drivers.nginx.config import NginxConfig
from migrations_app.drivers.nginx.driver import NginxDriver
from tests.drivers.made import kept

if TYPE_CHECKING:
    from tests.real_nginx import RealNginx

STATUS = "        location = /warroom/app { return 200 $warroom_app_says; }"
JS_PATH = Path(package.__path__[0])
JS_HTTP = f"""\
    js_path {JS_PATH};
    js_import warroom from warroom.js;
    js_shared_dict_zone zone=warroom:64k;
    js_set $warroom_side warroom.side;
"""
JS_STATUS = """\
        location = /warroom/app { set $warroom_route app; js_content warroom.admin; }
        location = /warroom/other { set $warroom_route other; js_content warroom.admin; }
"""
SIDES: dict[str, dict[str, object]] = {
    "split_clients": {"blue": "127.0.0.1:8001", "green": "127.0.0.1:8002", "key": "$request_id"},
    "upstream": {"blue": ["127.0.0.1:8001", "127.0.0.1:8003"], "green": "127.0.0.1:8002"},
    "njs": {},
}


def keys(running: RealNginx | None, way: str, **more: object) -> NginxConfig:
    """What a runbook says about it. Without an nginx: what it would say about any."""
    places: dict[str, object] = {"url": "http://127.0.0.1:1", "way": way, "timeout": 30}
    if running is not None:
        places |= {
            "url": running.status,
            "main": str(running.main),
            "pid_file": f"{running.directory}/pid",
            "program": running.binary,
        }
    if way != "njs":
        places["include"] = str(running.include) if running else "/etc/nginx/warroom/app.conf"
    return NginxConfig.model_validate(places | SIDES[way] | more)


def at(running: RealNginx, way: str, **more: object) -> NginxDriver:
    """A driver of `running`."""
    return kept(NginxDriver(keys(running, way, **more)))
