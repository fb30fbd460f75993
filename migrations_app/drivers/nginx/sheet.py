"""What people see and type: the change of the include file, and the same without Warroom. Pure."""

from __future__ import annotations

from contextlib import suppress
from difflib import unified_diff
from shlex import join, quote
from typing import TYPE_CHECKING

from migrations_app.domain.errors import SeamError
from migrations_app.drivers.nginx import include
from migrations_app.wire.curl import curl
from migrations_app.wire.login import typed as login

if TYPE_CHECKING:
    from decimal import Decimal

    from migrations_app.drivers.nginx.config import NginxConfig
    from migrations_app.drivers.nginx.host import Host


def changes(config: NginxConfig, host: Host, weight: Decimal) -> list[str]:
    """The lines that differ from the file as it is (all, if it can't be read), and what follows."""
    before = ""
    with suppress(SeamError):
        before = host.text()
    wanted = include.text(config, weight)
    lines = list(unified_diff(before.splitlines(), wanted.splitlines(), n=0, lineterm=""))[2:]
    differing = [line for line in lines if not line.startswith("@@")] or ["(no change)"]
    return [f"{config.include}:", *differing, *_then(config)]


def typed(config: NginxConfig, weight: Decimal) -> list[str]:
    """The whole file in one line, the test with the reload, and the read-back."""
    lines = include.text(config, weight).splitlines()
    new, sudo = f"{config.include}.new", "sudo " if config.sudo else ""
    printed = f"printf '%s\\n' {join(lines)}"
    nginx = f"{sudo}{config.program}"
    return [
        f"{printed} | {sudo}tee {new} >/dev/null && {sudo}mv {new} {config.include}",
        f"{nginx} -t -c {config.main} && {nginx} -s reload -c {config.main}",
        f"sleep 1; {curl(config, 'GET', '', secret=login(config.auth))}",
    ]


def _then(config: NginxConfig) -> list[str]:
    main = quote(config.main)
    if config.sudo:
        return [f"sudo nginx -t -c {main}", f"sudo nginx -s reload -c {main}"]
    return [f"nginx -t -c {main}", f"SIGHUP to the process in {config.pid_file}"]
