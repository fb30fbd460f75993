"""Start one process in a session of its own, tied to the life of the calling thread."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrations_app.practice.supervisor.child import Account, Child

LAUNCHER = Path(__file__).with_name("launch.py")
BARE_PYTHON = (sys.executable, "-I", "-S")


def launched(argv: Sequence[str], signal_number: int, account: Account | None = None) -> list[str]:
    """`argv` as a command that gets `signal_number` when this process dies, as `account`."""
    who = "-" if account is None else f"{account.uid}:{account.gid}"
    return [*BARE_PYTHON, str(LAUNCHER), str(os.getpid()), str(int(signal_number)), who, *argv]


def spawn(child: Child) -> subprocess.Popen[bytes]:
    """The running process of `child`; its output is one pipe, its pid also its group's.

    The kernel ties it to the *thread* that calls this, which must outlive it.
    """
    return subprocess.Popen(
        launched(child.argv, child.stop_signal, child.account),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **child.env},
        start_new_session=True,
    )


def gone(pid: int, *, block: bool) -> bool:
    """Has our child `pid` ended? It stays a zombie, so that its number can't be given away."""
    flags = os.WEXITED | os.WNOWAIT | (0 if block else os.WNOHANG)
    return os.waitid(os.P_PID, pid, flags) is not None


def kill_group(pid: int, signal_number: int) -> None:
    """Signal every process of the group that `pid` leads; none left is fine."""
    try:
        os.killpg(pid, signal_number)
    except ProcessLookupError:
        return
