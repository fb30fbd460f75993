"""nginx on this host: its include file, `nginx -t`, and the signal to reload. No shell anywhere."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from migrations_app.domain.errors import Permanent, SeamError, Transient
from migrations_app.wire.answer import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.nginx.config import NginxConfig
    from migrations_app.wire.deadline import Deadline

SUDO: Final = "/usr/bin/sudo"
LARGEST: Final = 1 << 20  # bytes of an include file
_PAUSE: Final = 0.01  # seconds between two tries for the lock


class Host:
    """The files and the process of one nginx."""

    def __init__(self, config: NginxConfig) -> None:
        self._config = config
        self.path = Path(config.include or "")

    def text(self) -> str:
        """The include file as it lies there; empty if there is none yet."""
        try:
            with self.path.open(encoding="utf-8", errors="replace") as file:
                return file.read(LARGEST)
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise Permanent(f"{self.path} can't be read: {error.strerror}.") from error

    @contextmanager
    def alone(self, deadline: Deadline) -> Iterator[None]:
        """Nobody else of ours writes meanwhile, in any process of this host."""
        lock = self._opened(self.path.with_name(f".{self.path.name}.lock"))
        try:
            _take(lock, deadline)
            yield
        finally:
            os.close(lock)

    def write(self, text: str) -> None:
        """All of it or nothing, whatever happens in between."""
        target = Path(os.path.realpath(self.path))
        beside = target.with_name(f".{target.name}.{os.getpid()}.new")
        try:
            _store(beside, text)
            beside.replace(target)
            _settle(target.parent)
        except OSError as error:
            with suppress(OSError):
                beside.unlink()
            raise Permanent(f"{self.path} can't be written: {error.strerror}.") from error

    def restore(self, text: str) -> None:
        """Back to what was there before: a text, or no file at all."""
        if text:
            self.write(text)
        else:
            self.path.unlink(missing_ok=True)

    def test(self, deadline: Deadline) -> None:
        """`nginx -t`; `Permanent` with nginx's own words if it would not load this."""
        done = self.run(["-t", "-q"], deadline)
        if done.returncode:
            raise Permanent(f"nginx refuses the configuration: {told(done.stderr)}")

    def dump(self, deadline: Deadline) -> str:
        """`nginx -T`: everything it would load, every file headed by its path."""
        done = self.run(["-T", "-q"], deadline)
        if done.returncode:
            raise Permanent(f"nginx refuses the configuration: {told(done.stderr)}")
        return done.stdout

    def pid(self) -> int:
        """The running master; `Transient` if there is none."""
        path = self._config.pid_file
        try:
            number = int(Path(path).read_text(encoding="ascii"))
            _probe(number, ours=not self._config.sudo)
        except (FileNotFoundError, ProcessLookupError, ValueError) as error:
            raise Transient(f"{path} names no running process: is nginx running?") from error
        except PermissionError as error:
            raise Permanent(
                f"We may not signal the process in {path}: run Warroom as nginx's user, or set "
                "`sudo: true` and allow it `nginx -t` and `nginx -s reload`."
            ) from error
        return number

    def finishing(self) -> int:
        """Workers of older generations that still serve what they began, as far as /proc tells."""
        with suppress(OSError, SeamError):
            pid = self.pid()
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
            return sum(_is_leaving(child) for child in children)
        return 0

    def reload(self, deadline: Deadline) -> None:
        """Ask for a new generation. It comes later, or never: read it back."""
        if not self._config.sudo:
            self._hang_up()
            return
        done = self.run(["-s", "reload"], deadline)
        if done.returncode:
            raise Permanent(f"`nginx -s reload` was refused: {told(done.stderr)}")

    def _hang_up(self) -> None:
        try:
            os.kill(self.pid(), signal.SIGHUP)
        except ProcessLookupError as error:
            raise Transient("nginx ended just as it was to reload: is it running?") from error

    def run(self, words: list[str], deadline: Deadline) -> subprocess.CompletedProcess[str]:
        """nginx with these words, never through a shell."""
        command = [self._config.program, *words, "-c", self._config.main]
        if self._config.sudo:
            command = [SUDO, "-n", *command]
        try:
            return subprocess.run(  # noqa: S603 - a list of words whose letters the config bounds
                command, capture_output=True, text=True, check=False, timeout=deadline.left(),
                stdin=subprocess.DEVNULL, errors="replace",
            )  # fmt: skip
        except (subprocess.TimeoutExpired, TimeoutError) as error:
            raise Transient(f"`{' '.join(command)}` took longer than we wait.") from error
        except OSError as error:
            raise Permanent(f"{command[0]} can't be run: {error.strerror}.") from error

    def _opened(self, path: Path) -> int:
        try:
            return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        except OSError as error:
            raise Permanent(
                f"{path.parent} can't be written by Warroom's user: {error.strerror}. Give it a "
                "directory of its own for this include."
            ) from error


def told(stderr: str) -> str:
    """nginx's reason on one line, without its date."""
    lines = [line.partition("nginx: ")[2] or line for line in stderr.splitlines()]
    reasons = [line for line in lines if "[emerg]" in line or "[error]" in line] or lines
    return clean(reasons[0] if reasons else "it does not say why", 250)


def undo(host: Host, text: str, error: SeamError) -> SeamError:
    """The file is put back before the error is told; if that fails, it says so."""
    try:
        host.restore(text)
    except SeamError as worse:
        return Permanent(f"{error} And the file of before could not be put back: {worse}")
    return error


def _is_leaving(pid: str) -> bool:
    """nginx writes what a process does into its title."""
    with suppress(OSError):
        return b"shutting down" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def _probe(pid: int, *, ours: bool) -> None:
    """Signal 0 asks whether there is such a process, and whether we may signal it."""
    try:
        os.kill(pid, 0)
    except PermissionError:
        if ours:
            raise


def _take(lock: int, deadline: Deadline) -> None:
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            try:
                time.sleep(min(_PAUSE, deadline.left()))
            except TimeoutError:
                raise Transient("Another flip of this nginx is still under way.") from None
        else:
            return


def _store(path: Path, text: str) -> None:
    with path.open("w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o644)  # nginx's master reads it, whoever that is


def _settle(directory: Path) -> None:
    """A rename lasts through a power cut only once its directory is on the disk."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
