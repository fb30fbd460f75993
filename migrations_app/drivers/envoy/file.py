"""Envoy through a route file that it watches (filesystem RDS).

Only the weights in the file are exchanged, and its `version_info`, if it has one, is counted up.
The file's digest is the token: whoever changed it since is not overwritten. Envoy keeps its old
routes when it can't use a file, so what is in force is read from Envoy itself.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import yaml

from migrations_app.domain.errors import Permanent
from migrations_app.drivers.base import Capabilities
from migrations_app.drivers.envoy.admin import Admin, admins, left_active
from migrations_app.drivers.envoy.check import of_file
from migrations_app.drivers.envoy.config import EnvoyFileConfig
from migrations_app.drivers.envoy.layout import layout_of
from migrations_app.drivers.envoy.runtime import SCALE
from migrations_app.drivers.filed import FileDriver
from migrations_app.drivers.rewrite import Edit, Field, entry, rewritten, root, word
from migrations_app.wire.curl import curl

if TYPE_CHECKING:
    from pydantic import BaseModel

    from migrations_app.domain.finding import Finding
    from migrations_app.drivers.standing import Standing
    from migrations_app.wire.deadline import Deadline

DYNAMIC = "dynamic_route_configs"
SHOWN = '"(version_info|name|cluster|weight|numerator)"'
NOTHING, ALL = Decimal(0), Decimal(100)


class EnvoyFileDriver(FileDriver[Admin]):
    """A route whose sides are clusters in a file of Envoy's. See `EnvoyFileConfig` for its keys."""

    kind: ClassVar[str] = "envoy-file"
    Config: ClassVar[type[BaseModel]] = EnvoyFileConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        compare_and_set=True, mirror=True, in_flight=True, finest_step="0.01"
    )
    verify_deadline: ClassVar[float] = 5.0
    read_interval: ClassVar[float] = 2.0
    tried: ClassVar[str] = "Envoy 1.40"

    def __init__(self, config: EnvoyFileConfig) -> None:
        super().__init__(config.file, admins(config), config.timeout.total_seconds())
        self._config = config
        self._layout = layout_of(config)

    def cannot(self, weight: Decimal) -> str | None:
        """Only what is no weight. No I/O."""
        return SCALE.cannot(weight)

    def fields(self, weight: Decimal) -> list[tuple[Field, str]]:
        return self._layout.fields(weight)

    def written(self, text: str) -> Standing:
        return self._layout.standing(_response(text))

    def rewrite(self, text: str, weight: Decimal) -> str:
        node = root(text)
        edits = self._layout.edits(node, weight)
        version = entry(node, "version_info")
        if isinstance(version, yaml.ScalarNode):
            edits.append(Edit(version, json.dumps(following(word(version)))))
        return rewritten(text, edits)

    def running(self, node: Admin, deadline: Deadline) -> Standing:
        """By the route configurations in force that have the names of those in the file."""
        names = {one.get("name") for one in _response(self.file.read().text)}
        told = node.ask("/config_dump", deadline, resource=DYNAMIC).get("configs") or []
        ours = [one for one in told if (one.get("route_config") or {}).get("name") in names]
        try:
            return self._layout.standing(ours)
        except Permanent as error:
            raise Permanent(f"{node.address}: {error}") from error

    def read_back(self, node: Admin) -> str:
        asked = curl(node.place, "GET", f"/config_dump?resource={DYNAMIC}", secret=node.login)
        return f"{asked} | grep -E '{SHOWN}'"

    def findings(self, node: Admin, deadline: Deadline) -> list[Finding]:
        return of_file(self._config, self, node, deadline)

    def left(self, weight: Decimal, deadline: Deadline) -> int | None:
        sides = {NOTHING: self._config.green, ALL: self._config.blue}
        return left_active(self.nodes, sides[weight], deadline) if weight in sides else None

    def close(self) -> None:
        """Let go of every connection."""
        for node in self.nodes:
            node.close()


def following(version: str) -> str:
    """The version after this one: its last number and 1."""
    head = version.rstrip("0123456789")
    return f"{head}{int(version[len(head) :] or 0) + 1}"


def _response(text: str) -> list[dict[str, Any]]:
    """The route configurations in a file, which is a `DiscoveryResponse`."""
    try:
        told = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Permanent(f"it is no YAML: {' '.join(str(error).split())[:200]}") from error
    resources = told.get("resources") if isinstance(told, dict) else None
    if not isinstance(resources, list) or not all(isinstance(one, dict) for one in resources):
        raise Permanent("it has no `resources`: this is not a route file (RDS) as Envoy reads it.")
    return resources
