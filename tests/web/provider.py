"""A real OpenID Connect provider, as a process of its own: `python -m tests.web.provider PORT`.

Stricter than the one it is made of: a nonce and PKCE are required, and checked. What a person's
claims say replaces what the ID token would have said, so that a test can have it say anything.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx

from migrations_app.practice.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse
    from django.test import Client

PATIENCE_S = 30.0
FORGER = "forger"
"""Whose ID token is signed by somebody else."""


@dataclass
class Provider:
    """The process, and the person in front of it."""

    url: str
    process: subprocess.Popen[bytes]

    def knows(self, sub: str, **claims: Any) -> None:
        """What it says of a person from now on."""
        httpx.put(f"{self.url}/users/{sub}", json=claims).raise_for_status()

    def answers(self, to: str, sub: str) -> str:
        """The person signs in there; where their browser is sent then, on our side."""
        answer = httpx.post(to, data={"sub": sub})
        return _ours(answer)

    def denied(self, to: str) -> str:
        """The person does not want to. This provider forgets to send the state along."""
        back = _ours(httpx.post(to, data={"action": "deny"}))
        return f"{back}&state={parse_qs(urlsplit(to).query)['state'][0]}"

    def brings(self, client: Client, sub: str, start: str = "/login/sso/", **form: str) -> Any:
        """The whole way: off, signed in there, and back here."""
        to = away(client.post(start, form))
        return client.get(self.answers(to, sub))

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE_S)


def _ours(answer: httpx.Response) -> str:
    assert answer.is_redirect, answer.text
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}"


def away(page: HttpResponse | Any) -> str:
    """Where the page that goes on by itself goes on to."""
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.content.decode())
    assert found is not None, page.content.decode()
    return unescape(found[1])


@contextmanager
def running() -> Iterator[Provider]:
    """On a free port of this machine."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "tests.web.provider", str(port)]
    process = subprocess.Popen(
        command, env=os.environ | {"AUTHLIB_INSECURE_TRANSPORT": "1"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    provider = Provider(f"http://127.0.0.1:{port}", process)
    try:
        while not _up(provider.url):
            assert process.poll() is None, "the provider ended at once"
        yield provider
    finally:
        provider.stop()


def _up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/.well-known/openid-configuration").is_success
    except httpx.TransportError:
        return False


@dataclass
class _Strict:
    """What the provider's process checks besides."""

    flask: Any
    challenges: dict[str, str] = field(default_factory=dict)

    def promised(self, answer: Any) -> Any:
        """Remember what the verifier of this code has to hash to."""
        asked = self.flask.request
        code = parse_qs(urlsplit(answer.headers.get("Location", "")).query).get("code")
        if asked.path == "/oauth2/authorize" and code:
            assert asked.args["code_challenge_method"] == "S256"
            self.challenges[code[0]] = asked.args["code_challenge"]
        return answer

    def kept(self) -> Any:
        """No token without it."""
        asked = self.flask.request
        if asked.path != "/oauth2/token":
            return None
        digest = hashlib.sha256(asked.form.get("code_verifier", "").encode()).digest()
        said = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if self.challenges.get(asked.form["code"]) == said:
            return None
        return self.flask.jsonify(error="invalid_grant"), 400

    def forged(self, answer: Any) -> Any:
        """Somebody else's signature, under the token of `FORGER`."""
        if self.flask.request.path != "/oauth2/token" or not answer.is_json:
            return answer
        told = answer.get_json()
        head, body, signature = told.get("id_token", "..").split(".")
        claims = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        if f'"{FORGER}"'.encode() in claims:
            told["id_token"] = f"{head}.{body}.{signature[::-1]}"
            answer.set_data(json.dumps(told))
        return answer


def _serve(port: int) -> None:
    import flask
    import oidc_provider_mock
    from werkzeug.serving import make_server

    app = oidc_provider_mock.app(require_nonce=True)
    strict = _Strict(flask)
    app.before_request(strict.kept)
    app.after_request(strict.promised)
    app.after_request(strict.forged)
    make_server("127.0.0.1", port, app, threaded=True).serve_forever()


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
