"""Drivers for tests, in one line."""

from __future__ import annotations

from migrations_app.drivers.haproxy.config import HAProxyConfig
from migrations_app.drivers.haproxy.driver import HAProxyDriver

SOON = 0.2  # seconds until a driver gives up on what is mute on purpose


def at(*addresses: str, **keys: object) -> HAProxyDriver:
    """A driver of `backend app` with servers blue and green."""
    keys = {
        "addresses": addresses,
        "backend": "app",
        "blue": "blue",
        "green": "green",
        "timeout": 10,
        **keys,
    }
    return HAProxyDriver(HAProxyConfig.model_validate(keys))
