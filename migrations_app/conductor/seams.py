"""Drivers, sources and channels as a run's plan configures them, built once per process.

Secrets are read from the environment here, at the last moment, and handed to nobody else.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from migrations_app.channels.base import CHANNELS, Channel
from migrations_app.domain.envref import resolve
from migrations_app.domain.errors import ConfigError
from migrations_app.domain.timeline import digest
from migrations_app.drivers.base import DRIVERS, Driver
from migrations_app.sources.base import SOURCES, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

    from migrations_app.domain.plan.plain import JsonObject
    from migrations_app.domain.registry import Registry

Seam = TypeVar("Seam", Driver, Source, Channel)

_BUILT: dict[tuple[str, str, str], Driver | Source | Channel] = {}
_LOCK = threading.Lock()


def driver(kind: str, config: JsonObject, where: str) -> Driver:
    """The driver of a route. `where` names the place in the plan for errors."""
    return _built(DRIVERS, kind, config, where)


def source(kind: str, config: JsonObject, where: str) -> Source:
    """The source of checks."""
    return _built(SOURCES, kind, config, where)


def channel(kind: str, config: JsonObject, where: str) -> Channel:
    """The channel of messages."""
    return _built(CHANNELS, kind, config, where)


def build(registry: Registry[Seam], kind: str, config: JsonObject, where: str) -> Seam:
    """A fresh one. `ConfigError` says which key is wrong, never what it holds."""
    found = registry.load(kind)
    return found(_validated(found, _resolved(config, os.environ, where), where))


def _built(registry: Registry[Seam], kind: str, config: JsonObject, where: str) -> Seam:
    resolved = _resolved(config, os.environ, where)
    key = (registry.noun, kind, digest(resolved))
    with _LOCK:
        found = _BUILT.get(key)
        if found is None:
            found = _BUILT[key] = build(registry, kind, config, where)
    return found  # type: ignore[return-value]  # the key holds the noun


def _resolved(config: JsonObject, environ: Mapping[str, str], where: str) -> JsonObject:
    resolved = resolve(config, environ, where)
    assert isinstance(resolved, dict)  # noqa: S101 (resolve keeps the shape)
    return resolved


def _validated(found: type[Seam], config: JsonObject, where: str) -> BaseModel:
    try:
        return found.Config.model_validate(config)
    except ValidationError as error:
        raise _explained(error, where) from None


def _explained(error: ValidationError, where: str) -> ConfigError:
    """The first thing that is wrong, without what was given: it may be a secret."""
    wrong = error.errors(include_input=False, include_url=False)[0]
    path = ".".join([where, *(str(part) for part in wrong["loc"])])
    return ConfigError(wrong["msg"], path)


def forget() -> None:
    """Close and drop everything that was built."""
    with _LOCK:
        for one in _BUILT.values():
            one.close()
        _BUILT.clear()
