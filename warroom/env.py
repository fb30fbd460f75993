"""The process environment, typed. What an operator may turn is read here and nowhere else."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from collections.abc import Mapping

_HOOKS = "https://hooks.slack.com"
_TRUE = {"1", "true", "yes", "on"}
_COLLECTORS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


def _text(environ: Mapping[str, str], name: str, default: str = "") -> str:
    """`NAME`, or the content of the file named by `NAME_FILE` (container secrets)."""
    file = environ.get(f"{name}_FILE")
    if file:
        return Path(file).read_text(encoding="utf-8").strip()
    return environ.get(name, default)


def _list(environ: Mapping[str, str], name: str, default: str) -> list[str]:
    return [item.strip() for item in _text(environ, name, default).split(",") if item.strip()]


def database(url: str) -> dict[str, object]:
    """`postgres://user:password@host:port/name?option=value` as Django's dictionary."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            "DATABASE_URL must look like postgres://user:password@host:5432/name: "
            "Warroom keeps its truth in PostgreSQL and nowhere else."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenID Connect provider. `domains`, `group`: which of its people may come in (all)."""

    url: str
    client_id: str
    secret: str = field(repr=False)
    name: str
    domains: list[str]
    group: str

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Provider | None:
        """None where `WARROOM_OIDC_URL` is not set: people sign in with a password only."""
        url = _text(environ, "WARROOM_OIDC_URL").rstrip("/")
        client_id = _text(environ, "WARROOM_OIDC_CLIENT_ID")
        if not url:
            return None
        if not client_id or urlsplit(url).scheme not in {"https", "http"}:
            raise ImproperlyConfigured(
                "WARROOM_OIDC_URL is the provider's address (https://…), and takes "
                "WARROOM_OIDC_CLIENT_ID beside it."
            )
        return cls(
            url=url,
            client_id=client_id,
            secret=_text(environ, "WARROOM_OIDC_CLIENT_SECRET"),
            name=_text(environ, "WARROOM_OIDC_NAME", "single sign-on"),
            domains=[one.lower() for one in _list(environ, "WARROOM_OIDC_DOMAINS", "")],
            group=_text(environ, "WARROOM_OIDC_GROUP"),
        )


def _whole(environ: Mapping[str, str], name: str, default: int) -> int:
    text = _text(environ, name, str(default))
    if not (text.isascii() and text.isdigit()):
        raise ImproperlyConfigured(f"{name} is a whole number, such as {default}; not {text!r}.")
    return int(text)


def _one_of(environ: Mapping[str, str], name: str, words: tuple[str, ...]) -> str:
    """One of `words`; the first where nothing is said."""
    word = _text(environ, name, words[0]).lower()
    if word not in words:
        raise ImproperlyConfigured(f"{name} is {' or '.join(words)}; not {word!r}.")
    return word


def _address(environ: Mapping[str, str], name: str) -> str:
    """An address that may be a secret, so that it is not repeated when it is refused."""
    url = _text(environ, name)
    if url and (urlsplit(url).scheme not in {"https", "http"} or not urlsplit(url).hostname):
        raise ImproperlyConfigured(f"{name} is an address that begins with https:// (or http://).")
    return url


def _traced(environ: Mapping[str, str]) -> bool:
    """Whether anybody said where traces go, or asked for them by name."""
    wanted = environ.get("WARROOM_TRACES")
    if wanted is not None:
        return wanted.lower() in _TRUE
    return any(environ.get(name) for name in _COLLECTORS)


@dataclass(frozen=True, slots=True)
class Env:
    """Everything an operator may set. Times in seconds."""

    debug: bool
    secret_key: str = field(repr=False)
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    hosts: list[str]
    origins: list[str]
    public_url: str
    insecure_http: bool
    log_level: str
    log_format: str
    metrics_token: str = field(repr=False)
    heartbeat_url: str = field(repr=False)
    traces: bool
    urlconf: str
    status_dir: Path
    keep_dir: Path
    mail_url: str = field(repr=False)
    mail_from: str
    panels: list[str]
    provider: Provider | None
    proxies: int
    proof_s: int
    slack_secrets: list[str] = field(repr=False)
    slack_emoji: str
    slack_hooks: str
    pagerduty_secrets: list[str] = field(repr=False)

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> Env:
        debug = environ.get("WARROOM_DEBUG", "").lower() in _TRUE
        secret = _text(environ, "SECRET_KEY")
        if not secret and not debug:
            raise ImproperlyConfigured(
                "SECRET_KEY is not set. Make one with "
                "`python -c 'import secrets; print(secrets.token_urlsafe(50))'` and keep it."
            )
        public = _text(environ, "WARROOM_URL", "http://127.0.0.1:8000").rstrip("/")
        host = urlsplit(public).hostname or "127.0.0.1"
        return cls(
            debug=debug,
            secret_key=secret or "only-for-debugging-never-for-a-server",
            database_url=_text(
                environ, "DATABASE_URL", "postgres://warroom@127.0.0.1:5432/warroom"
            ),
            redis_url=_text(environ, "REDIS_URL", "redis://127.0.0.1:6379/0"),
            hosts=_list(environ, "ALLOWED_HOSTS", f"{host},127.0.0.1,localhost"),
            origins=_list(environ, "CSRF_TRUSTED_ORIGINS", public),
            public_url=public,
            insecure_http=public.startswith("http://"),
            log_level=_text(environ, "LOG_LEVEL", "INFO"),
            log_format=_one_of(environ, "LOG_FORMAT", ("text", "json")),
            metrics_token=_text(environ, "WARROOM_METRICS_TOKEN"),
            heartbeat_url=_address(environ, "WARROOM_HEARTBEAT_URL"),
            traces=_traced(environ),
            keep_dir=Path(_text(environ, "WARROOM_KEEP_DIR", "var/keep")),
            status_dir=Path(_text(environ, "WARROOM_STATUS_DIR", "var/status")),
            mail_url=_text(environ, "WARROOM_MAIL_URL"),
            mail_from=_text(environ, "WARROOM_MAIL_FROM", f"warroom@{host}"),
            urlconf=_text(environ, "WARROOM_URLCONF", "warroom.urls"),
            panels=_list(environ, "WARROOM_PANELS", ""),
            provider=Provider.read(environ),
            proxies=_whole(environ, "WARROOM_TRUSTED_PROXIES", 0),
            proof_s=_whole(environ, "WARROOM_PROOF_MINUTES", 15) * 60,
            slack_secrets=_list(environ, "WARROOM_SLACK_SIGNING_SECRET", ""),
            slack_emoji=_text(environ, "WARROOM_SLACK_EMOJI", "pushpin").strip(":"),
            slack_hooks=_text(environ, "WARROOM_SLACK_HOOKS", _HOOKS).rstrip("/") + "/",
            pagerduty_secrets=_list(environ, "WARROOM_PAGERDUTY_WEBHOOK_SECRET", ""),
        )
