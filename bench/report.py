"""Every bench, one after the other, and one page with what they said and drew.

    .venv/bin/python -m bench.report [--only rollback,growth] [--file var/bench/report.html]

Long: best on a machine that does nothing else. What a bench could not measure it says itself.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Final

from bench.plots import STYLE

BENCHES: Final = ("rollback", "growth", "timeline", "fanout", "status", "parity")
DRAWING: Final = {"rollback", "growth", "fanout"}


def main() -> None:
    parser = argparse.ArgumentParser(description="Every bench, on one page.")
    parser.add_argument("--only", default=",".join(BENCHES))
    parser.add_argument("--file", type=Path, default=Path("var/bench/report.html"))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        parts = [_part(name, Path(place) / name) for name in asked.only.split(",")]
    asked.file.parent.mkdir(parents=True, exist_ok=True)
    asked.file.write_text(_page(parts), encoding="utf-8")
    print(f"\nall of it in {asked.file}")


def _part(name: str, figures: Path) -> str:
    """What one bench said, as it says it, and its pictures. Ends everything where one fails."""
    told = ["--figures", str(figures)] if name in DRAWING else []
    print(f"\n== bench.{name}", flush=True)
    command = [sys.executable, "-m", f"bench.{name}", *told]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        lines = []
        for line in running.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    if running.returncode:
        raise SystemExit(f"bench.{name} failed")
    drawn = figures.read_text(encoding="utf-8") if figures.exists() else ""
    text = escape("".join(lines))
    return f'<h2>{escape(name)}</h2><pre>{text}</pre><div class="figures">{drawn}</div>'


def _page(parts: list[str]) -> str:
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.machine()}, {platform.system()}"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Warroom, measured</title>'
        f"<style>{STYLE}</style><h1>Measured</h1><p>{when}. Only ratios within one run mean "
        f"anything.</p>{''.join(parts)}</html>"
    )


if __name__ == "__main__":
    main()
