"""Log lines as JSON: one object per line whatever is logged, and no secret in any of it."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import example, given
from hypothesis import strategies as st

from migrations_app.domain.about import about
from warroom.env import Env
from warroom.logs import Lines, Masked, masked

TOKEN = "kV3-dQx_" + "t0k3n" * 7


def record(message: str, *args: object, name: str = "migrations_app.x") -> logging.LogRecord:
    return logging.LogRecord(name, logging.WARNING, "", 0, message, args, None)


def line(of: logging.LogRecord) -> dict[str, Any]:
    text = Lines().format(of)
    assert "\n" not in text
    found: dict[str, Any] = json.loads(text)
    return found


@given(st.text())
def test_whatever_is_said_it_is_one_object_on_one_line(text: str) -> None:
    assert line(record("%s", text))["message"] == masked(text)


@example("/s")
@given(st.text(alphabet="/s?token=&\\\"'\n ab", max_size=30))
def test_hiding_a_secret_never_breaks_the_line(text: str) -> None:
    assert line(record("%s", text + f"/s/{TOKEN}"))["message"].count(TOKEN) == 0


def test_when_how_bad_and_whose() -> None:
    found = line(record("gone"))
    assert datetime.fromisoformat(found["time"]).utcoffset() is not None
    assert (found["level"], found["logger"]) == ("WARNING", "migrations_app.x")


def test_it_says_what_the_work_was_about() -> None:
    with about(run=7, decision="7.4", route="web", actor=f"/s/{TOKEN}"):
        found = line(record("set to 50 %"))
        text = Masked("%(message)s%(about)s").format(record("set"))
    assert (found["run"], found["decision"], found["route"]) == (7, "7.4", "web")
    assert found["actor"] == "/s/***"
    assert text == "set [run=7 decision=7.4 route=web actor=/s/***]"
    assert Masked("%(message)s%(about)s").format(record("set")) == "set"


def test_a_traceback_is_a_field_and_masked() -> None:
    with pytest.raises(ValueError, match=TOKEN) as caught:
        raise ValueError(f"no answer for /s/{TOKEN}/")
    failed = record("it failed")
    failed.exc_info = (caught.type, caught.value, caught.tb)
    found = line(failed)
    assert found["traceback"].startswith("Traceback")
    assert found["traceback"].endswith("no answer for /s/***/")


def test_a_request_comes_in_its_parts() -> None:
    args = ("127.0.0.1:4", "GET", f"/s/{TOKEN}/", "1.1", 200)
    found = line(record('%s - "%s %s HTTP/%s" %d', *args, name="uvicorn.access"))
    assert (found["method"], found["path"], found["status"]) == ("GET", "/s/***/", 200)


WORKER = """
import django, logging
django.setup()
from warroom import celery_app
celery_app.log.setup(loglevel="CRITICAL", redirect_stdouts=True)
logging.getLogger("migrations_app.conductor").info("seen")
logging.getLogger("celery.app.trace").info("a task went")
"""


def test_a_worker_logs_as_everybody_else_does() -> None:
    """Celery would set up logging of its own, by its own option."""
    told = os.environ | {"DJANGO_SETTINGS_MODULE": "warroom.settings", "LOG_FORMAT": "json"}
    done = subprocess.run(
        [sys.executable, "-c", WORKER], env=told, capture_output=True, text=True, check=True
    )
    assert [json.loads(line)["message"] for line in done.stderr.splitlines()] == ["seen"]


def test_the_format_is_one_of_two() -> None:
    assert Env.read({"SECRET_KEY": "x"}).log_format == "text"
    assert Env.read({"SECRET_KEY": "x", "LOG_FORMAT": "JSON"}).log_format == "json"
    with pytest.raises(ImproperlyConfigured, match="LOG_FORMAT is text or json"):
        Env.read({"SECRET_KEY": "x", "LOG_FORMAT": "xml"})
