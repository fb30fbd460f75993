"""Warroom's own processes on the practice range: web, three kinds of workers, poller."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from migrations_app.practice.parts import python_environment
from migrations_app.practice.ports import HOST
from migrations_app.practice.supervisor import Child, answers

if TYPE_CHECKING:
    from migrations_app.practice.stack import Stack

QUEUES = ("traffic", "metrics", "outbox")


@dataclass(frozen=True, slots=True)
class Web:
    """Where the web process listens. People reach it on this machine in any case."""

    host: str
    port: int

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"


def environment(stack: Stack, web: Web) -> dict[str, str]:
    """What every process of Warroom is told: where things are, never what it should find."""
    state, world = stack.state, stack.world
    return python_environment() | {
        "DATABASE_URL": stack.postgres_url,
        "REDIS_URL": stack.redis_url,
        "SECRET_KEY": state.secret("django"),
        "WARROOM_URL": web.url,
        "WARROOM_URLCONF": "migrations_app.practice.site.urls",
        "WARROOM_STATUS_DIR": str(state.path / "status"),
        "WARROOM_KEEP_DIR": str(state.path / "keep"),
        "WARROOM_PANELS": "/practice/panel",
        "WARROOM_PRACTICE_WORLD": str(state.path / "world.json"),
        "DJANGO_SETTINGS_MODULE": "warroom.settings",
        "PRACTICE_HAPROXY": f"tcp://{world.haproxy_tcp}",
        "PRACTICE_BACKEND": world.haproxy_backend,
        "PRACTICE_PROMETHEUS": world.prometheus_url,
        "PRACTICE_CHANNEL": str(state.path / "team-channel.jsonl"),
    }


def children(env: dict[str, str], web: Web) -> list[Child]:
    """All of them, to be started together once the database is laid out."""
    return [_web(env, web), *(_worker(env, queue) for queue in QUEUES), _poller(env)]


def _web(env: dict[str, str], web: Web) -> Child:
    where = ["--host", web.host, "--port", str(web.port)]
    arguments = ["-m", "uvicorn", "warroom.asgi:application", *where]
    quiet = ["--log-level", "warning", "--timeout-graceful-shutdown", "3"]
    login = f"{web.url}/login/"
    return Child("web", [sys.executable, *arguments, *quiet], env, ready=answers(login, 5.0))


def _worker(env: dict[str, str], queue: str) -> Child:
    arguments = ["-m", "celery", "-A", "warroom", "worker", "-Q", queue, "-n", f"{queue}@practice"]
    manner = ["-P", "threads", "-c", "8", "-l", "WARNING"]
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return Child(f"worker-{queue}", [sys.executable, *arguments, *manner, *alone], env)


def _poller(env: dict[str, str]) -> Child:
    root = Path(env["PYTHONPATH"].split(":", 1)[0])
    return Child("poller", [sys.executable, str(root / "manage.py"), "poller"], env)
