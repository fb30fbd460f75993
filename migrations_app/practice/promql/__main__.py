"""`python -m migrations_app.practice.promql --listen 127.0.0.1:9090 --scrape job=URL`"""

from __future__ import annotations

import argparse
import asyncio
import logging
import socket
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import uvicorn

from migrations_app.domain.duration import parse_duration
from migrations_app.practice.promql.engine import Engine
from migrations_app.practice.promql.http import Api
from migrations_app.practice.promql.scrape import Scraper, Target
from migrations_app.practice.promql.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence

Address = tuple[str, int]


def main(argv: Sequence[str] | None = None) -> None:
    """Serves until it is interrupted or terminated. Port 0 takes a free one; it is printed."""
    logging.basicConfig(format="%(asctime)s %(message)s")
    options = _parser().parse_args(argv)
    store = Store(retention=round(options.retention * 1000))
    with listening(options.listen) as listener, suppress(KeyboardInterrupt):
        host, port = listener.getsockname()[:2]
        print(f"listening on http://{host}:{port}", flush=True)
        asyncio.run(_serve(store, listener, options.scrape, options.interval))


def listening(address: Address) -> socket.socket:
    """A server's socket whose connections send at once, which asyncio would not see to here:
    else each answer, being two small packets, would take 40 ms."""
    listener = socket.create_server(address)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


async def _serve(
    store: Store, listener: socket.socket, targets: Sequence[Target], interval: float
) -> None:
    app = Api(store, Engine(store))
    config = uvicorn.Config(app, lifespan="off", access_log=False, log_level="warning", ws="none")
    # Its targets speak plain HTTP; to load the world's authorities would cost more than the rest.
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    async with (
        httpx.AsyncClient(verify=tls, trust_env=False) as client,
        asyncio.TaskGroup() as group,
    ):
        scrapers = [Scraper(target, store, client) for target in targets]
        running = [group.create_task(scraper.forever(interval)) for scraper in scrapers]
        await uvicorn.Server(config).serve([listener])
        for task in running:
            task.cancel()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m migrations_app.practice.promql",
        description="The practice range's small Prometheus: scrapes, remembers, answers PromQL.",
    )
    add = parser.add_argument
    add("--listen", type=_address, default="127.0.0.1:9090", metavar="HOST:PORT")
    add("--scrape", type=_target, action="append", default=[], metavar="JOB=URL")
    add("--interval", type=_seconds, default="1s", metavar="DURATION")
    add("--retention", type=_seconds, default="2h", metavar="DURATION")
    return parser


def _address(text: str) -> Address:
    parts = urlsplit(f"//{text}")
    if parts.hostname is None or parts.port is None:
        raise argparse.ArgumentTypeError(f'"{text}" is not HOST:PORT')
    return parts.hostname, parts.port


def _target(text: str) -> Target:
    job, _, url = text.partition("=")
    parts = urlsplit(url)
    if not job or parts.scheme != "http" or not parts.hostname:
        raise argparse.ArgumentTypeError(f'"{text}" is not JOB=http://…')
    return Target(job, url)


def _seconds(text: str) -> float:
    seconds = parse_duration(text).total_seconds()
    if seconds <= 0:
        raise argparse.ArgumentTypeError(f'"{text}" is not longer than nothing')
    return seconds


if __name__ == "__main__":
    main()
