"""Traefik through its dynamic configuration in a file: watched (file provider) or fetched by it
(HTTP provider).

Traefik's own API can't write, so the numbers in the file are exchanged; what is in force is read
from the API. The file's digest is the token. Traefik looks at most every two seconds by default
(`providersThrottleDuration`), and its HTTP provider every five (`pollInterval`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import yaml

from migrations_app.domain.errors import Permanent
from migrations_app.drivers.base import Capabilities
from migrations_app.drivers.filed import FileDriver
from migrations_app.drivers.rewrite import Field, entry, rewritten, root
from migrations_app.drivers.traefik.check import findings
from migrations_app.drivers.traefik.config import TraefikConfig
from migrations_app.drivers.traefik.layout import layout_of
from migrations_app.drivers.traefik.node import TraefikNode, nodes_of
from migrations_app.wire.curl import curl

if TYPE_CHECKING:
    from decimal import Decimal

    from pydantic import BaseModel

    from migrations_app.domain.finding import Finding
    from migrations_app.drivers.standing import Standing
    from migrations_app.wire.deadline import Deadline


class TraefikDriver(FileDriver[TraefikNode]):
    """A route whose sides are services of Traefik. See `TraefikConfig` for its keys."""

    kind: ClassVar[str] = "traefik"
    Config: ClassVar[type[BaseModel]] = TraefikConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        compare_and_set=True, mirror=True, finest_step="0.01"
    )
    verify_deadline: ClassVar[float] = 10.0
    read_interval: ClassVar[float] = 2.0
    tried: ClassVar[str] = "Traefik 3.7"
    settles = 3

    def __init__(self, config: TraefikConfig) -> None:
        super().__init__(config.file, nodes_of(config), config.timeout.total_seconds())
        self._config = config
        self._layout = layout_of(config)
        self._whole_name = f"{config.service}@{config.provider}"

    def cannot(self, weight: Decimal) -> str | None:
        """What is no weight, and for a mirror whatever is no whole percentage. No I/O."""
        return self._layout.scale.cannot(weight)

    def fields(self, weight: Decimal) -> list[tuple[Field, str]]:
        return self._layout.fields(weight)

    def written(self, text: str) -> Standing:
        return self._layout.standing(self._config.service, _service(text, self._config.service))

    def rewrite(self, text: str, weight: Decimal) -> str:
        service = entry(root(text), "http", "services", self._config.service)
        return rewritten(text, self._layout.edits(service, weight))

    def running(self, node: TraefikNode, deadline: Deadline) -> Standing:
        told = node.service(self._whole_name, deadline)
        try:
            return self._layout.standing(self._whole_name, told)
        except Permanent as error:
            raise Permanent(f"{node.address}: {error}") from error

    def read_back(self, node: TraefikNode) -> str:
        path = f"/api/http/services/{self._whole_name}"
        return curl(node.place, "GET", path, secret=node.login)

    def findings(self, node: TraefikNode, deadline: Deadline) -> list[Finding]:
        return findings(self._config, self._layout, node, deadline)

    def close(self) -> None:
        """Let go of every connection."""
        for node in self.nodes:
            node.close()


def _service(text: str, name: str) -> Any:
    """One service of a dynamic configuration; None where there is none."""
    try:
        told = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Permanent(f"it is no YAML: {' '.join(str(error).split())[:200]}") from error
    for key in ("http", "services", name):
        told = told.get(key) if isinstance(told, dict) else None
    return told
