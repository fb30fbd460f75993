"""The web process is warm before its first request, and the collector leaves it alone."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

PROBE = """
import gc, json, sys
import warroom.asgi
loaded = "migrations_app.urls" in sys.modules
print(json.dumps([gc.get_freeze_count(), gc.get_threshold()[0], loaded]))
"""


@pytest.mark.slow
def test_it_is_warm_and_left_alone() -> None:
    said = subprocess.run(
        [sys.executable, "-c", PROBE], check=True, capture_output=True, text=True
    ).stdout
    frozen, threshold, loaded = json.loads(said)
    assert frozen > 50_000
    assert threshold == 50_000
    assert loaded
