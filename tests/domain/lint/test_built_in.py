"""The built-in runbooks are clean, for the real drivers, sources and channels."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

import promql_parser
import pytest

from migrations_app.channels.base import CHANNELS
from migrations_app.domain.envref import references, resolve
from migrations_app.domain.lint.seams import Seams
from migrations_app.domain.lint.table import lint
from migrations_app.domain.plan.runbook import load
from migrations_app.drivers.base import DRIVERS
from migrations_app.sources.base import SOURCES
from tests.domain.plan.test_roundtrip import BUILT_IN, built_in

if TYPE_CHECKING:
    from decimal import Decimal

    from migrations_app.domain.plan.environment import RouteBinding, SourceBinding


def cannot(binding: RouteBinding, weight: Decimal) -> str | None:
    driver = DRIVERS.load(binding.driver)
    names = sorted(references(binding.config))
    environ = {name: _filled_in(name, port) for port, name in enumerate(names, start=1)}
    return driver(driver.Config.model_validate(resolve(binding.config, environ))).cannot(weight)


def _filled_in(name: str, port: int) -> str:
    """Something of the right shape."""
    if name.endswith("_SECRET"):
        return "whsec_" + b64encode(bytes(32)).decode()
    scheme = "tcp" if "HAPROXY" in name else "http"
    return f"{scheme}://127.0.0.1:{port}"


def invalid(binding: SourceBinding, query: str) -> str | None:
    if binding.kind != "prometheus":
        return None
    try:
        promql_parser.parse(query)
    except ValueError as wrong:
        return str(wrong)
    return None


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_runbook_is_clean(name: str) -> None:
    seams = Seams(DRIVERS, SOURCES, CHANNELS, cannot=cannot, invalid=invalid)
    assert lint(load(built_in(name)), seams) == []
