"""Becomes another program, tied to the life of the process that asked for it.

Run as a script by a bare interpreter, so it imports the standard library only:

    launch.py PARENT_PID SIGNAL UID:GID|- PROGRAM [ARGUMENT...]

It exists because the two things it does, giving up root and asking the kernel for a signal when
the parent dies, are lost or unsafe when done between fork and exec of a threaded parent.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def become(account: str) -> None:
    """Give up root for `uid:gid`, for good, and stand where that account may stand."""
    uid, gid = (int(part) for part in account.split(":"))
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    os.chdir("/")


def die_with(parent: int, signal_number: int) -> None:
    """Have the kernel send us `signal_number` when the parent dies; go now if it already has."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)


def listen_to(signal_number: int) -> None:
    """A shell starts what it puts into the background with SIGINT and SIGQUIT ignored, and every
    child inherits that; ours must hear the signal it is stopped with."""
    signal.signal(signal_number, signal.SIG_DFL)


def main(argv: list[str]) -> None:
    parent, signal_number, account, *program = argv
    if int(signal_number) != signal.SIGKILL:
        listen_to(int(signal_number))
    if account != "-":
        become(account)
    die_with(int(parent), int(signal_number))
    os.execv(program[0], program)  # noqa: S606 - to start the program it was given is its purpose


if __name__ == "__main__":
    main(sys.argv[1:])
