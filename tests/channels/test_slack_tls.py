"""Over TLS, as in earnest: the certificate is checked, and the bounds hold there too."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from typing import TYPE_CHECKING

import pytest

from migrations_app.domain.errors import Transient, UnknownOutcome
from tests.channels.build import channel_to
from tests.channels.contract import POST
from tests.slack_server import SlackServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(
    OPENSSL is None,
    reason="NOT PROVEN: the Slack channel over TLS. Install openssl, which makes the certificate.",
)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 with its key, trusted by nobody yet."""
    path = tmp_path / "slack.pem"
    wish = ["-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    name = ["-addext", "subjectAltName=IP:127.0.0.1"]
    made = [str(OPENSSL), "req", "-x509", *wish, *name, "-keyout", str(path), "-out", str(path)]
    subprocess.run([*made[:-1], f"{path}.crt"], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + path.with_suffix(".pem.crt").read_bytes())
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[SlackServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with SlackServer(tls=context) as server:
        yield server


def test_a_certificate_nobody_vouches_for_gets_nothing(secure: SlackServer) -> None:
    with pytest.raises(Transient, match="certificate verify failed"):
        channel_to(secure).deliver(POST)
    assert secure.requests == []


def test_a_vouched_one_works_and_a_hanging_one_is_left(
    secure: SlackServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", f"{certificate}.crt")
    channel = channel_to(secure)
    channel.deliver(POST)
    assert channel.find(POST.key)
    for mishap in ("hang", "drip", "drop"):
        secure.fail_next(mishap)
        with pytest.raises(UnknownOutcome):
            channel_to(secure, timeout=0.5).deliver(POST)
