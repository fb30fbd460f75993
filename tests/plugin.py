"""Loaded before Django: points the settings at servers that start only when a test needs them."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

NOWHERE = "postgres://nobody@127.0.0.1:1/warroom"

# Workers of a parallel run inherit the placeholder, and start servers of their own.
OWN_SERVERS = os.environ.setdefault("DATABASE_URL", NOWHERE) == NOWHERE
if OWN_SERVERS:
    os.environ["REDIS_URL"] = "redis://127.0.0.1:1/0"
os.environ.setdefault("SECRET_KEY", "tests-only-" + "x" * 50)
os.environ.setdefault("WARROOM_URL", "http://testserver")

# What this machine remembers of runs: each process of a parallel run has runs of its own.
os.environ["WARROOM_KEEP_DIR"] = tempfile.mkdtemp(prefix="warroom-keep-")
atexit.register(shutil.rmtree, os.environ["WARROOM_KEEP_DIR"], ignore_errors=True)
