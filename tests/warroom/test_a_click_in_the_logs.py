"""One click, from the web process's log alone: the request, the decision, the read-back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from django.conf import settings
from django.contrib.auth.models import User

from migrations_app.practice.ports import free_port
from tests.build import at_gate, phase
from tests.live.conftest import PATIENCE_S, Server, database_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@contextmanager
def web_process(log: Path, **environ: str) -> Iterator[Server]:
    """As an operator starts it, with its output in `log`."""
    server = Server(free_port(), settings.WARROOM_REDIS_URL)
    told = os.environ | {
        "DATABASE_URL": database_url(), "REDIS_URL": server.redis_url, "WARROOM_URL": server.url,
        "SECRET_KEY": settings.SECRET_KEY, "LOG_FORMAT": "json",
    } | environ  # fmt: skip
    command = [sys.executable, "-m", "uvicorn", "warroom.asgi:application",
               "--port", str(server.port), "--no-proxy-headers"]  # fmt: skip
    with (
        log.open("wb") as output,
        subprocess.Popen(command, env=told, stdout=output, stderr=output) as process,
    ):
        try:
            _wait(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 2 * PATIENCE_S
    while time.monotonic() < deadline:
        assert process.poll() is None, "the web process ended at once"
        try:
            httpx.get(f"{server.url}/healthz", timeout=PATIENCE_S)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the web process does not answer")


def lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def post(client: httpx.Client, path: str, **form: str) -> httpx.Response:
    token = client.cookies["csrftoken"]
    return client.post(path, data=form, headers={"X-CSRFToken": token})


def test_one_click_is_followed_from_the_request_to_the_read_back(tmp_path: Path) -> None:
    log = tmp_path / "log"
    made = at_gate(phases=[phase("half", 50), phase("all", 100)])
    room = f"/runs/{made.run_id}/"
    with web_process(log) as server, server.browser(User.objects.get(username="ana")) as ana:
        assert ana.get(room).status_code == 200
        answer = post(ana, f"{room}roll-back", reason="sick of it", sure="1")
        assert answer.status_code == 303
        assert ana.get("/nowhere").status_code == 404

    said = lines(log)
    (access,) = [one for one in said if one.get("method") == "POST"]
    assert (access["view"], access["status"]) == ("roll-back", 303)
    assert (access["run"], access["actor"]) == (made.run_id, "ana")
    events = {one["message"]: one for one in said if one["logger"].endswith("actions.record")}
    decided = events["rollback"]
    assert access["decision"] == decided["decision"]
    assert decided["latch"] == access["latch"] == f"{made.run_id}.1"
    assert events["weight_confirmed"]["decision"] == decided["decision"]
    assert events["weight_confirmed"]["route"] == "web"
    of_the_click = [one for one in said if one.get("request") == access["request"]]
    assert [one["message"] for one in of_the_click][:1] == ["latched"]
    assert of_the_click[-1] is access
    assert {one.get("view") for one in said if one.get("path") == "/nowhere"} == {None}
    assert "sick of it" not in log.read_text(encoding="utf-8")


def test_what_was_answered_is_counted(tmp_path: Path) -> None:
    made = at_gate()
    with (
        web_process(tmp_path / "log") as server,
        server.browser(User.objects.get(username="ana")) as ana,
    ):
        for path in (f"/runs/{made.run_id}/", "/nowhere", "/static/css/base.css", "/status/x/"):
            ana.get(path)
        with ana.stream("GET", f"/runs/{made.run_id}/stream") as stream:
            pieces = stream.iter_bytes()  # whoever drops it hangs up
            next(pieces)
            page = httpx.get(f"{server.url}/metrics", timeout=PATIENCE_S).text
    for expected in (
        'warroom_requests_total{status="200",view="room"} 1.0',
        'warroom_requests_total{status="200",view="stream"} 1.0',
        'warroom_requests_total{status="404",view="none"} 1.0',
        'warroom_requests_total{status="404",view="status"} 1.0',
        "warroom_stream_viewers 1.0",
        'warroom_request_duration_seconds_bucket{le="+Inf",method="GET"}',
    ):
        assert expected in page, expected
    assert "warroom_requests_created" not in page


def test_metrics_and_readiness_need_no_redis(tmp_path: Path) -> None:
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    with web_process(tmp_path / "log", REDIS_URL=nowhere) as server:
        for path in ("/metrics", "/readyz", "/healthz"):
            assert httpx.get(f"{server.url}{path}", timeout=PATIENCE_S).status_code == 200, path


def test_without_postgresql_all_three_say_so(tmp_path: Path) -> None:
    away = f"postgres://nobody@127.0.0.1:{free_port()}/warroom"
    with web_process(tmp_path / "log", DATABASE_URL=away) as server:
        for path in ("/metrics", "/readyz", "/healthz"):
            answer = httpx.get(f"{server.url}{path}", timeout=PATIENCE_S)
            assert answer.status_code == 503, path
            assert answer.text == "the database does not answer\n", path
