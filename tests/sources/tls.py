"""An authority, a server and a client of its own, made on the spot."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from pathlib import Path

NEEDED: Final = pytest.mark.skipif(
    shutil.which("openssl") is None,
    reason="NOT PROVEN with TLS: no openssl on PATH to make certificates with",
)
_KEY: Final = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


@dataclass(frozen=True)
class Papers:
    """Files in PEM."""

    directory: Path

    def file(self, name: str) -> Path:
        return self.directory / name

    def server(self, *, asks_for_a_certificate: bool = False) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file("server.pem"), self.file("server.key"))
        if asks_for_a_certificate:
            context.load_verify_locations(self.file("ca.pem"))
            context.verify_mode = ssl.CERT_REQUIRED
        return context


def papers(directory: Path) -> Papers:
    ca = ("-CA", "ca.pem", "-CAkey", "ca.key")
    _issue(directory, "ca", "/CN=an authority of ours", "-addext", "keyUsage=keyCertSign")
    _issue(directory, "server", "/CN=prometheus", *ca, "-addext", "subjectAltName=IP:127.0.0.1")
    _issue(directory, "client", "/CN=warroom", *ca)
    return Papers(directory)


def _issue(directory: Path, name: str, subject: str, *more: str) -> None:
    files = ("-keyout", f"{name}.key", "-out", f"{name}.pem")
    command = ["openssl", "req", "-x509", *_KEY, "-days", "2", "-subj", subject, *files, *more]
    subprocess.run(command, cwd=directory, check=True, capture_output=True)
