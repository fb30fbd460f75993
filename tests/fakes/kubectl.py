"""A stand-in for `kubectl`: it understands `get -o jsonpath` and `patch`, and nothing else.

Put on PATH as a program by `installed`; the address of the API server comes from KUBE_API.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import stat
import sys
from pathlib import Path
from typing import Any

TYPES = {
    "json": "application/json-patch+json",
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
}
# What the real one learns by discovery.
VERSIONS = {
    "virtualservices.networking.istio.io": "networking.istio.io/v1",
    "httproutes.gateway.networking.k8s.io": "gateway.networking.k8s.io/v1",
    "trafficsplits.split.smi-spec.io": "split.smi-spec.io/v1alpha2",
    "traefikservices.traefik.io": "traefik.io/v1alpha1",
    "rollouts.argoproj.io": "argoproj.io/v1alpha1",
    "applications.argoproj.io": "argoproj.io/v1alpha1",
}


def main(arguments: list[str]) -> str:
    """What it prints."""
    parser = argparse.ArgumentParser(prog="kubectl")
    parser.add_argument("-n", "--namespace", required=True)
    parser.add_argument("verb", choices=["get", "patch"])
    parser.add_argument("resource")
    parser.add_argument("name")
    parser.add_argument("-o", "--output")
    parser.add_argument("--type", choices=TYPES, default="strategic")
    parser.add_argument("-p", "--patch")
    parser.add_argument("--subresource")
    asked = parser.parse_args(arguments)
    if asked.verb == "patch":
        _call(asked, asked.patch.encode())
        return f"{asked.resource}/{asked.name} patched"
    form, _, path = asked.output.partition("=")
    assert form == "jsonpath", "the stand-in prints by jsonpath only"
    return jsonpath(_call(asked, None), path)


def jsonpath(obj: Any, template: str) -> str:
    """`{.spec.http[0].route}`, keys with `\\.` for a dot: text as it is, other things as JSON."""
    inner = re.fullmatch(r"\{((?:\.(?:[^.\[\]{}\\]|\\.)+|\[\d+\])+)\}", template)
    assert inner, f"the stand-in knows no {template}"
    for key, index in re.findall(r"\.((?:[^.\[\]{}\\]|\\.)+)|\[(\d+)\]", inner[1]):
        try:
            obj = obj[int(index)] if index else obj[key.replace("\\.", ".")]
        except (KeyError, IndexError):
            return ""
    return obj if isinstance(obj, str) else json.dumps(obj, separators=(",", ":"))


def _call(asked: argparse.Namespace, body: bytes | None) -> Any:
    version = VERSIONS.get(asked.resource)
    root = f"/apis/{version}" if version else "/api/v1"
    plural = asked.resource.partition(".")[0]
    below = f"/{asked.subresource}" if asked.subresource else ""
    path = f"{root}/namespaces/{asked.namespace}/{plural}/{asked.name}{below}"
    if body is None:
        return json.loads(_exchange(f"GET {path}", "", b""))
    return json.loads(_exchange(f"PATCH {path}", TYPES[asked.type], body))


def _exchange(line: str, kind: str, body: bytes) -> bytes:
    """One request, by hand: importing an HTTP client takes longer than all of this."""
    host, _, port = os.environ["KUBE_API"].removeprefix("http://").partition(":")
    head = [
        f"{line} HTTP/1.0", f"Authorization: Bearer {os.environ['KUBE_TOKEN']}",
        f"Content-Type: {kind}", f"Content-Length: {len(body)}", "", "",
    ]  # fmt: skip
    with socket.create_connection((host, int(port)), timeout=30) as link:
        link.sendall("\r\n".join(head).encode() + body)
        with link.makefile("rb") as answered:
            answer = answered.read()
    status, _, told = answer.partition(b"\r\n\r\n")
    if b" 200 " not in status.splitlines()[0]:
        sys.exit(f"Error from server: {told.decode()}")
    return told


def installed(folder: Path, url: str, token: str) -> dict[str, str]:
    """An environment whose `kubectl` is this."""
    program = folder / "kubectl"
    program.write_text(f"#!{sys.executable} -S\n{Path(__file__).read_text()}")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    path = f"{folder}:{os.environ['PATH']}"
    return {"PATH": path, "KUBE_API": url, "KUBE_TOKEN": token}


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1:]) + "\n")
