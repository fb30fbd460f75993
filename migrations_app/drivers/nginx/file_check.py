"""What would keep an include and a reload from doing what they should, seen from nginx's host."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from migrations_app.domain.finding import Finding
from migrations_app.wire.place import protection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.nginx.config import NginxConfig
    from migrations_app.drivers.nginx.host import Host
    from migrations_app.wire.deadline import Deadline

_KEPT: Final = (
    "A reload loses a few requests of clients that keep their connection open (those that send "
    "one just as the old worker closes it: 12 clients without a pause lost three to six a flip) "
    "unless they try again. With `way: njs` none is lost."
)


def look(config: NginxConfig, host: Host, deadline: Deadline) -> Iterator[Finding]:
    """Up to the first thing that makes all others moot, which is raised."""
    yield from protection(config, "what nginx says it does")
    yield _writable(host)
    yield Finding(ok=True, what="nginx", sentence=f"nginx runs, process {host.pid()}.")
    loaded = host.dump(deadline)
    yield Finding(ok=True, what="nginx -t", sentence="nginx accepts its configuration as it is.")
    yield from _included(config, loaded)
    yield _cohorts(config)
    yield from _cuts(loaded)
    yield Finding(ok=True, what="reload", sentence=_KEPT)


def running(config: NginxConfig, detail: str, *, as_file: bool) -> Finding:
    """What the status location says, beside the file."""
    sentence = f"{detail[:1].upper()}{detail[1:]}."
    if not as_file:
        sentence += " Reload nginx, or flip once: then the file and the running nginx agree."
    return Finding(ok=as_file, what=f"status {config.url}", sentence=sentence)


def _writable(host: Host) -> Finding:
    directory = host.path.resolve().parent
    if os.access(directory, os.W_OK | os.X_OK):
        return Finding(ok=True, what=str(host.path), sentence="Warroom may replace the include.")
    sentence = f"{directory} can't be written by Warroom's user: make it the directory's owner."
    return Finding(ok=False, what=str(host.path), sentence=sentence)


def _included(config: NginxConfig, loaded: str) -> Iterator[Finding]:
    """`nginx -T` heads every file it read by its path."""
    parts = re.split(r"^# configuration file (.*):$", loaded, flags=re.MULTILINE)
    files = dict(zip(parts[1::2], parts[2::2], strict=True))
    if config.include not in files:
        sentence = f"{config.main} does not include {config.include}: add it to the http block."
        yield Finding(ok=False, what=str(config.include), sentence=sentence)
    elsewhere = "\n".join(text for path, text in files.items() if path != config.include)
    yield _used(config, elsewhere)


def _used(config: NginxConfig, elsewhere: str) -> Finding:
    used = config.variable if config.way == "split_clients" else f"//{config.name}"
    if re.search(rf"{re.escape(used)}\b", elsewhere):
        return Finding(ok=True, what=used, sentence=f"The configuration uses {used}.")
    sentence = f"Nothing in nginx's configuration uses {used}, so a flip would change nothing."
    return Finding(ok=False, what=used, sentence=f"{sentence} Have a proxy_pass go there.")


def _cohorts(config: NginxConfig) -> Finding:
    if config.way == "upstream":
        told = (
            "Every request is balanced anew. One that a server fails is tried at the next, so a "
            "sick GREEN shows in `upstream` errors rather than in answers."
        )
    elif config.key == "$request_id":
        told = "Every request is balanced anew: one client meets both sides."
    elif config.key == "$remote_addr":
        told = "A client stays on its side by its address, as far as nginx sees the client's own."
    else:
        told = f"Clients stay by {config.key}; all that don't send it go to one side together."
    return Finding(ok=True, what="cohorts", sentence=told)


def _cuts(loaded: str) -> Iterator[Finding]:
    if found := re.search(r"^\s*worker_shutdown_timeout\s+(\w+)", loaded, re.MULTILINE):
        sentence = (
            f"`worker_shutdown_timeout {found[1]}` cuts whatever an old worker still serves that "
            "long after a flip (downloads, WebSockets). Take it out while the run lasts."
        )
        yield Finding(ok=False, what="worker_shutdown_timeout", sentence=sentence)
