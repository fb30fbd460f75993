"""One object in a cluster: its address in the API, and how `kubectl` calls it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.drivers.kube.patch import as_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrations_app.drivers.kube.patch import Op


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind of object. `noun` begins sentences; `group` is empty for the core."""

    noun: str
    group: str
    version: str
    plural: str

    def path(self, namespace: str) -> str:
        """Where those of a namespace are listed."""
        root = f"/apis/{self.group}" if self.group else "/api"
        return f"{root}/{self.version}/namespaces/{namespace}/{self.plural}"


@dataclass(frozen=True, slots=True)
class Thing:
    """One named object."""

    resource: Resource
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.resource.noun} {self.namespace}/{self.name}"

    @property
    def path(self) -> str:
        return f"{self.resource.path(self.namespace)}/{self.name}"

    def patched(self, ops: Sequence[Op], subresource: str = "") -> str:
        """The line a person types to send a JSON Patch."""
        below = f" --subresource={subresource}" if subresource else ""
        return f"{self._kubectl('patch')}{below} --type=json -p {shlex.quote(as_json(ops))}"

    def read(self, jsonpath: str) -> str:
        """The line a person types to see a part of it."""
        return f"{self._kubectl('get')} -o jsonpath={shlex.quote('{' + jsonpath + '}')}"

    def merged_from(self, command: str, way: Sequence[str], annotation: str) -> str:
        """The line that puts what `command` prints below the keys of `way`, and takes the
        annotation away. It changes nothing where `command` prints nothing."""
        before = "".join(f'"{key}":{{' for key in way[:-1]) + f'"{way[-1]}":'
        gone = f'"metadata":{{"annotations":{{"{annotation}":null}}}}'
        after = "}" * (len(way) - 1) + "," + gone + "}"
        patch = f'{shlex.quote("{" + before)}"$({command})"{shlex.quote(after)}'
        return f"{self._kubectl('patch')} --type=merge -p {patch}"

    def _kubectl(self, verb: str) -> str:
        group = f".{self.resource.group}" if self.resource.group else ""
        return f"kubectl -n {self.namespace} {verb} {self.resource.plural}{group} {self.name}"
