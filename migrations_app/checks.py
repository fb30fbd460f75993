"""Django's system checks: what must not be so when a process starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.db import connection

from migrations_app.channels.base import CHANNELS
from migrations_app.domain.errors import ConfigError
from migrations_app.drivers.base import DRIVERS
from migrations_app.models import Migration
from migrations_app.reads.rights import TABLES, rights
from migrations_app.sources.base import SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from migrations_app.domain.registry import Registry

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost", "testserver", None})
_SHORTEST_KEY: Final = 32
_KNOWN: Final = ("insecure", "only-for-debugging")


def _public() -> bool:
    return urlsplit(settings.WARROOM_URL).hostname not in _LOOPBACK


@register(Tags.security)
def secret_key(**_: Any) -> list[CheckMessage]:
    """A key that others know signs sessions for others."""
    key = settings.SECRET_KEY
    known = any(word in key for word in _KNOWN)
    weak = len(key) < _SHORTEST_KEY or len(set(key)) < 8
    if settings.DEBUG or not (weak or known):
        return []
    return [
        Error(
            "SECRET_KEY is too short or too plain to sign anything with.",
            hint="Make one: python -c 'import secrets; print(secrets.token_urlsafe(50))'",
            id="warroom.E001",
        )
    ]


@register(Tags.security)
def debug_in_public(**_: Any) -> list[CheckMessage]:
    """Debug pages show settings and code to whoever finds them."""
    if not (settings.DEBUG and _public()):
        return []
    return [
        Error(
            f"WARROOM_DEBUG is on, and WARROOM_URL ({settings.WARROOM_URL}) is for others.",
            hint="Unset WARROOM_DEBUG wherever anybody but you can come.",
            id="warroom.E002",
        )
    ]


@register(Tags.security)
def provider_in_clear(**_: Any) -> list[CheckMessage]:
    """Whoever is on the way to an unencrypted provider signs in as anybody."""
    provider = settings.WARROOM_PROVIDER
    parts = urlsplit(provider.url if provider else "")
    if parts.scheme != "http" or parts.hostname in _LOOPBACK:
        return []
    told = "WARROOM_OIDC_URL is not encrypted: people could be signed in as anybody."
    return [Error(told, hint="Use the provider's https:// address.", id="warroom.E005")]


@register(Tags.security, deploy=True)
def proxies_known(**_: Any) -> list[CheckMessage]:
    """Behind a proxy we don't know of everybody comes from one address, and is throttled as one."""
    if settings.WARROOM_TRUSTED_PROXIES or urlsplit(settings.WARROOM_URL).scheme != "https":
        return []
    told = "WARROOM_URL is https, and WARROOM_TRUSTED_PROXIES is 0: a proxy decrypts for us."
    hint = "Set it to how many proxies add their peer to X-Forwarded-For: 1, most of the time."
    return [Caution(told, hint=hint, id="warroom.W003")]


@register()
def kinds_load(**_: Any) -> list[CheckMessage]:
    """A driver, source or channel that is installed and can't even be imported."""
    return [
        Error(f"The {registry.noun} {kind} can't be loaded: {why}", id="warroom.E003")
        for registry in (DRIVERS, SOURCES, CHANNELS)
        for kind, why in _broken(registry)
    ]


def _broken(registry: Registry[Any]) -> Iterator[tuple[str, str]]:
    for kind in registry.kinds():
        try:
            registry.load(kind)
        except (ImportError, AttributeError, ConfigError) as error:
            yield kind, str(error)


@register(Tags.database)
def the_past_is_guarded(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Triggers refuse every edit; a restricted role can't even try."""
    if "default" not in (databases or ()):
        return []
    found = rights()
    if not found.there:
        return []  # nothing was migrated yet
    missing = [name for name in TABLES if name in found.unguarded or name not in found.there]
    problems: list[CheckMessage] = []
    if missing:
        told = f"Nothing keeps these tables append-only: {', '.join(missing)}."
        hint = "`manage.py sqlmigrate migrations_app 0002` prints what makes the triggers."
        problems.append(Error(told, hint=hint, id="warroom.E004"))
    if not found.restricted:
        told = f"The role {found.role} could switch off what protects the timeline."
        hint = "Make a role without such powers, and run: manage.py harden ROLE"
        problems.append(Caution(told, hint=hint, id="warroom.W001"))
    return problems


@register(Tags.database)
def kinds_known(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """A stored plan that names a driver, source or channel which is not installed."""
    if "default" not in (databases or ()):
        return []
    if Migration._meta.db_table not in connection.introspection.table_names():
        return []
    plans = Migration.objects.values_list("slug", "plan")
    return [
        Caution(
            f"The plan {slug}: {why}", hint="Install it, or change the plan.", id="warroom.W002"
        )
        for slug, plan in plans
        for why in _unknown(plan)
    ]


def _unknown(plan: dict[str, Any]) -> Iterator[str]:
    wanted = (
        ("routes", "driver", DRIVERS),
        ("sources", "kind", SOURCES),
        ("channels", "kind", CHANNELS),
    )
    for name, environment in plan.get("environments", {}).items():
        for part, key, registry in wanted:
            for binding in environment.get(part, {}).values():
                try:
                    registry.load(binding[key])
                except ConfigError as error:
                    yield f"in {name} {error}"
