"""What a person would see who types our lines into a shell."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).parents[2]


def typed(
    commands: Sequence[str], variables: Mapping[str, str], path: Path | None = None
) -> list[str]:
    """Their answers. `variables` are the secrets that a line names; `path` holds stand-ins."""
    search = os.environ["PATH"] if path is None else f"{path}{os.pathsep}{os.environ['PATH']}"
    around = {"PATH": search, "HOME": "/nonexistent", "PYTHONPATH": str(ROOT), **variables}
    return [_one(command, around) for command in commands]


def _one(command: str, around: Mapping[str, str]) -> str:
    shell = ["/bin/sh", "-c", command]
    done = subprocess.run(shell, capture_output=True, text=True, env=dict(around), check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def stand_in(directory: Path, name: str, module: str) -> Path:
    """`name` as a command that runs `module`; the directory to put on the search path."""
    script = directory / name
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -W ignore -m {module} "$@"\n')
    script.chmod(0o755)
    return directory
