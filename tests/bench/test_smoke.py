"""Every bench still runs: for a moment, with a handful of viewers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.fanout import PEERS
from bench.fanout_report import ROWS
from bench.peers import nchan_module

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 180

pytestmark = [pytest.mark.slow, pytest.mark.bench]


def run(module: str, *told: str) -> str:
    """What the bench printed."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "REDIS_URL"}
    }
    command = [sys.executable, "-m", f"bench.{module}", *told]
    done = subprocess.run(
        command, cwd=ROOT, env=kept, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def fanout(peers: str) -> str:
    told = run("fanout", "--viewers", "5", "--rounds", "1", "--events", "2", "--peers", peers)
    for row in ROWS:
        assert row.name in told
    (missed,) = [line for line in told.splitlines() if line.startswith("not delivered")]
    assert {float(cell) for cell in missed.split()[2:]} == {0.0}, told
    return told


def test_ours_reaches_everybody() -> None:
    assert "5 viewers" in fanout("warroom,hub")


@pytest.mark.real("nginx")
@pytest.mark.skipif(
    nchan_module() is None,
    reason="NOT PROVEN beside nchan: apt install nginx-light libnginx-mod-nchan",
)
def test_nchan_reaches_everybody() -> None:
    fanout("nchan")


@pytest.mark.skipif(
    not (PEERS / "installed").exists(),
    reason="NOT PROVEN beside Starlette and django-eventstream: run bench.fanout once",
)
def test_the_other_peers_reach_everybody() -> None:
    fanout("starlette,eventstream")


def test_the_status_page_is_read_and_the_room_goes_on() -> None:
    told = run(
        "status",
        "--rate",
        "50",
        "--seconds",
        "2",
        "--rounds",
        "1",
        "--viewers",
        "3",
        "--no-ceiling",
    )
    assert "a note to every one of 3 viewers" in told
    assert told.count(" 0 failed") == 4
    said = [line for line in told.splitlines() if "it says:" in line]
    assert len(said) == 3  # a hang is noticed after seconds only, an end at once
    assert "not checked since" in said[-1]


@pytest.mark.real("nginx")
@pytest.mark.skipif(
    not (shutil.which("nginx") and shutil.which("wrk")),
    reason="NOT PROVEN, the status page's ceiling: apt install nginx-light wrk",
)
def test_the_ceiling_is_found() -> None:
    told = run("status", "--rate", "50", "--seconds", "2", "--rounds", "1", "--viewers", "3")
    assert "nginx, the same bytes" in told
    assert "our page" in told


def test_growth_is_measured_and_drawn(tmp_path: Path) -> None:
    figures = tmp_path / "figures"
    sizes = ["--checks", "10,100", "--runs", "1,10", "--entries", "100,1000", "--rounds", "1"]
    told = run("growth", *sizes, "--figures", str(figures))
    for title in ("Checks evaluated", "Live runs", "Entries"):
        assert title in told
    assert figures.read_text().count("<svg") == 3


def test_the_report_holds_what_was_said_and_drawn(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    run("report", "--only", "rollback", "--file", str(page))
    said = page.read_text()
    assert "click / (bare + commit) at p99" in said
    assert "<svg" in said


def test_two_databases_are_compared() -> None:
    told = run("parity", "--rows", "2000", "--rounds", "1")
    assert "2,000 rows" in told
    assert "100 differ" in told
