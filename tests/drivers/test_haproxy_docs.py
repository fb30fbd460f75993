"""The page about HAProxy says what the driver does, word for word."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import yaml

from migrations_app.drivers.haproxy.config import HAProxyConfig
from migrations_app.drivers.haproxy.driver import HAProxyDriver
from migrations_app.drivers.haproxy.node import in_order
from migrations_app.drivers.haproxy.state import balance, parse_servers
from migrations_app.drivers.haproxy.weights import nearest
from tests.drivers.stub import WELL

PAGE = Path(__file__).parents[2] / "docs" / "drivers" / "haproxy.md"
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", PAGE.read_text(), re.DOTALL)


def config() -> HAProxyConfig:
    runbook = yaml.safe_load(next(text for kind, text in BLOCKS if kind == "yaml"))
    route = runbook["environments"]["production"]["routes"]["web"]
    assert route["driver"] == HAProxyDriver.kind
    return HAProxyConfig.model_validate(route["config"])


def test_its_break_glass_sheet_is_the_drivers() -> None:
    sheet = next(text for kind, text in BLOCKS if kind == "sh" and "weight 100" in text)
    assert sheet.splitlines() == HAProxyDriver(config()).manual_commands(Decimal(0))


def test_its_commands_are_those_that_are_sent() -> None:
    (node,) = config().nodes()
    now = balance(parse_servers(WELL.decode()), node.blues, node.greens)
    writes = in_order(now, nearest(Decimal(25), config().sides))
    sent = [node.read_command, *map(node.write_command, writes), node.read_command]
    assert "\n".join(sent) + "\n" in [text for _, text in BLOCKS]


def test_every_key_is_on_the_page() -> None:
    assert all(f"`{key}`" in PAGE.read_text() for key in HAProxyConfig.model_fields)
