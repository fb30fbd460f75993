"""Our own half: settings, PostgreSQL, Redis, workers and pollers."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import redis
from celery import current_app
from django.core.checks import ERROR, WARNING, run_checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from kombu.exceptions import KombuError, OperationalError

from migrations_app.conductor.doctor_words import ill, mind, well
from migrations_app.domain.duration import spoken
from migrations_app.models import Beat
from migrations_app.models.clock import db_now
from migrations_app.reads.rights import rights

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.conductor.doctor_words import Said

OLDEST: Final = 14  # the oldest PostgreSQL that our framework supports
_SKEW: Final = timedelta(seconds=2)
_SILENT: Final = timedelta(seconds=10)  # a poller stamps itself every two
_ASK_S: Final = 1.5


def configuration() -> Iterator[Said]:
    """What the system checks say of the settings."""
    wrong = [one for one in run_checks() if one.level >= WARNING and not one.is_silenced()]
    for one in wrong:
        word = ill if one.level >= ERROR else mind
        yield word(one.id or "check", " ".join(filter(None, (one.msg, one.hint))))
    if not wrong:
        yield well("system checks", "nothing to say")


def database() -> Iterator[Said]:
    """Reachable first: without it there is nothing more to ask."""
    try:
        connection.ensure_connection()
        skew = db_now() - datetime.now(UTC)
        version = connection.get_database_version()
    except DatabaseError as error:
        first = str(error).strip().splitlines()[0]
        yield ill("connection", f"PostgreSQL does not answer: {first}. See DATABASE_URL.")
        return
    told = ".".join(str(number) for number in version)
    old = version[0] < OLDEST
    word = ill if old else well
    yield word("version", f"PostgreSQL {told}" + (f"; {OLDEST} is the oldest that will do" * old))
    yield _clock(skew)
    yield from _schema()


def _clock(skew: timedelta) -> Said:
    if abs(skew) <= _SKEW:
        return well("clock", "it agrees with this machine's")
    side = "ahead of" if skew > timedelta(0) else "behind"
    sentence = f"it is {spoken(abs(skew))} {side} this machine's; metrics are asked for by it. NTP"
    return ill("clock", f"{sentence} should set both.")


def _schema() -> Iterator[Said]:
    executor = MigrationExecutor(connection)
    behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if behind:
        yield ill("schema", f"{len(behind)} migrations are not applied: `manage.py migrate`.")
        return
    yield well("schema", "every migration is applied")
    found = rights()
    if found.unguarded:
        names = ", ".join(found.unguarded)
        yield ill(
            "append-only", f"nothing protects {names}: see `manage.py check --database default`."
        )
    else:
        yield well("append-only", f"triggers protect all {len(found.there)} tables of the past")
    yield _role(found.role, restricted=found.restricted)


def _role(role: str, *, restricted: bool) -> Said:
    if restricted:
        return well("role", f"{role} can only add to what happened")
    sentence = f"{role} could switch the triggers off; run as a role made by `manage.py harden`"
    return mind("role", sentence)


def broker(url: str) -> Iterator[Said]:
    """Hints and live bells go through it; without it everything works, a little later."""
    where = urlsplit(url)
    what = f"{where.hostname}:{where.port or 6379}"
    client = redis.Redis.from_url(url, socket_timeout=_ASK_S, socket_connect_timeout=_ASK_S)
    try:
        yield _round_trip(client, what)
        yield from _manners(client)
    except redis.RedisError as error:
        yield ill(what, f"it does not answer ({error}): pollers do all the work. See REDIS_URL.")
    finally:
        client.close()


def _round_trip(client: redis.Redis, what: str) -> Said:
    key, value = f"warroom:doctor:{secrets.token_hex(8)}", secrets.token_hex(8)
    client.set(key, value, ex=5)
    if _text(client.getdel(key)) != value:
        return ill(what, "what was written could not be read back")
    return well(what, "answers, and gives back what was written")


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _manners(client: redis.Redis) -> Iterator[Said]:
    try:
        told = client.config_get("maxmemory", "maxmemory-policy", "appendonly")
    except redis.ResponseError:
        yield mind("eviction", "it does not tell; noeviction is best, so that no hint is dropped")
        return
    facts = {_text(key): _text(value) for key, value in dict(told).items()}
    policy = facts.get("maxmemory-policy", "")
    if facts.get("maxmemory", "0") != "0" and policy != "noeviction":
        yield mind("eviction", f"{policy} may drop hints when memory is full; use noeviction")
    else:
        yield well("eviction", "nothing is dropped when memory is full")
    kept = facts.get("appendonly") == "yes"
    yield well(
        "persistence",
        "hints survive a restart (appendonly)" if kept else "none, and none is needed: only hints",
    )


def workers() -> Iterator[Said]:
    """Every queue needs somebody who takes from it."""
    try:
        answers = current_app.control.inspect(timeout=_ASK_S).active_queues() or {}
    except (KombuError, OperationalError, redis.RedisError, OSError) as error:
        yield ill("workers", f"they can't be asked: {error}")
        return
    for name in sorted(queue.name for queue in current_app.conf.task_queues or ()):
        takers = [node for node, queues in answers.items() if _takes(queues, name)]
        if takers:
            yield well(f"queue {name}", f"taken from by {', '.join(sorted(takers))}")
        else:
            yield ill(
                f"queue {name}",
                "no worker takes from it, so the poller does that work late and alone: "
                f"`celery -A warroom worker -P threads -Q {name}`",
            )


def _takes(queues: list[dict[str, object]], name: str) -> bool:
    return any(queue.get("name") == name for queue in queues)


def pollers() -> Iterator[Said]:
    """Without one nothing goes on by itself."""
    row = Beat.objects.filter(name="poller").first()
    start = "start one or two: `manage.py poller`"
    if row is None:
        yield ill("poller", f"none has ever been at work here; {start}")
        return
    silence = max(db_now() - row.at, timedelta(0))
    if silence > _SILENT:
        yield ill("poller", f"none has been at work for {spoken(silence)}; {start}")
    else:
        yield well("poller", f"at work {spoken(silence)} ago")
