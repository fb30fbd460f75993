"""As it is deployed: https in front, everything from the environment. Each in a process of its own,
because settings are read once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from migrations_app import checks
from warroom.env import Env, Provider

if TYPE_CHECKING:
    from pytest_django import Settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOYED = {
    "WARROOM_URL": "https://warroom.example.org", "WARROOM_TRUSTED_PROXIES": "1",
    "SECRET_KEY": "vR7kQ2mXz9LpW4tYb6NcH8sDf1Gj3AaEoUiKqZxVnMwBgTrPlS",
}  # fmt: skip

ASK = """
import django, json
django.setup()
from django.conf import settings
from django.test import Client
ask = {"secure": True, "SERVER_NAME": "warroom.example.org"}
answer = Client().get("/login/", **ask)
csrf = answer.cookies[settings.CSRF_COOKIE_NAME]
print(json.dumps({
    "headers": dict(answer.headers),
    "csrf": [csrf.key, csrf["secure"], csrf["httponly"], csrf["path"], csrf["domain"]],
    "names": [settings.SESSION_COOKIE_NAME, settings.WARROOM_DEVICE_COOKIE],
    "session": [settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY,
                settings.SESSION_COOKIE_SAMESITE, settings.SESSION_COOKIE_DOMAIN],
    "provider": repr(settings.WARROOM_PROVIDER),
}))
"""


def run(*command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WARROOM_")}
    told = kept | {"DJANGO_SETTINGS_MODULE": "warroom.settings"} | DEPLOYED | environ
    return subprocess.run(
        [sys.executable, *command], env=told, cwd=ROOT, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip


def asked(**environ: str) -> dict[str, Any]:
    done = run("-c", ASK, **environ)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_djangos_own_checks_find_nothing() -> None:
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


def test_a_proxy_nobody_told_of_is_found() -> None:
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING",
               WARROOM_TRUSTED_PROXIES="0")  # fmt: skip
    assert done.returncode != 0
    assert "warroom.W003" in done.stderr


def test_cookies_are_of_this_host_and_encrypted() -> None:
    told = asked()
    assert told["csrf"] == ["__Host-csrftoken", True, True, "/", ""]
    assert told["names"] == ["__Host-sessionid", "__Host-device"]
    assert told["session"] == [True, True, "Lax", None]
    hsts = told["headers"]["Strict-Transport-Security"]
    assert hsts == "max-age=31536000; includeSubDomains; preload"


def test_on_plain_http_the_names_are_plain_and_nothing_promises_encryption() -> None:
    told = asked(WARROOM_URL="http://warroom.example.org")
    assert told["csrf"][:2] == ["csrftoken", ""]
    assert told["names"] == ["sessionid", "device"]
    assert "Strict-Transport-Security" not in told["headers"]


def test_the_providers_secret_comes_from_a_file_and_shows_nowhere(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret-of-ours\n")
    environ = {
        "WARROOM_OIDC_URL": "https://idp.example.org/", "WARROOM_OIDC_CLIENT_ID": "warroom",
        "WARROOM_OIDC_CLIENT_SECRET_FILE": str(tmp_path / "secret"), "WARROOM_OIDC_NAME": "Acme",
    }  # fmt: skip
    told = asked(**environ)
    assert "Acme" in told["provider"]
    assert "s3cret" not in str(told)
    provider = Provider.read(environ)
    assert provider is not None
    assert provider.secret == "s3cret-of-ours"
    assert provider.url == "https://idp.example.org"


def test_no_secret_is_in_the_environments_own_words() -> None:
    environ = {"SECRET_KEY": "k3y", "DATABASE_URL": "postgres://u:pw@h/n",
               "REDIS_URL": "redis://:pw@h"}  # fmt: skip
    told = repr(Env.read(environ))
    assert "k3y" not in told
    assert "pw" not in told


@pytest.mark.parametrize("wrong", [
    {"WARROOM_OIDC_URL": "https://idp.example.org"},
    {"WARROOM_OIDC_URL": "idp.example.org", "WARROOM_OIDC_CLIENT_ID": "w"},
    {"WARROOM_TRUSTED_PROXIES": "one"}, {"WARROOM_PROOF_MINUTES": "-1"},
])  # fmt: skip
def test_nonsense_is_refused_with_a_sentence(wrong: dict[str, str]) -> None:
    with pytest.raises(ImproperlyConfigured, match="WARROOM_"):
        Env.read({"SECRET_KEY": "x"} | wrong)


def test_an_unencrypted_provider_is_refused(settings: Settings) -> None:
    def of(url: str) -> list[str | None]:
        environ = {"WARROOM_OIDC_URL": url, "WARROOM_OIDC_CLIENT_ID": "w"}
        settings.WARROOM_PROVIDER = Provider.read(environ)
        return [one.id for one in checks.provider_in_clear()]

    assert of("http://idp.example.org") == ["warroom.E005"]
    assert of("https://idp.example.org") == of("http://127.0.0.1:9400") == of("") == []
