"""The disk below PostgreSQL fills up: no decision, no crash of ours, and a shell goes back."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.faults.drill import Drill
from tests.faults.house import house
from tests.faults.test_postgres import kept, manage_rollback, taken_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SIZE_MB = 160
NO_MOUNT = "NOT PROVEN with a full disk: no small file system can be mounted here (root may)"


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """A file system of its own below `place`. The test is skipped where none may be mounted."""
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m,mode=711", "warroom", str(place)],
        capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        pytest.skip(NO_MOUNT)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(place: Path) -> None:
    """To the last byte."""
    with (place / "ballast").open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue


@pytest.mark.faults
def test_with_a_full_disk_a_shell_goes_back(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)
    for above in tmp_path.parents:
        if above.owner() == "root" and str(above).startswith("/tmp/"):  # noqa: S108
            above.chmod(0o711)
    with small_disk(tmp_path / "disk") as disk, house(disk) as made:
        drill = Drill(made).at_gate()
        drill.until(lambda: kept(drill), "a keepsake")
        fill(disk)
        _until_full(drill)
        said = manage_rollback(made, drill.slug)
        assert drill.weights() == [0], said.stdout + said.stderr
        (disk / "ballast").unlink()
        made.mend()
        taken_in(drill)
        drill.assert_went_back()


def _until_full(drill: Drill) -> None:
    """Until a decision can't be written any more."""

    def refused() -> bool:
        try:
            return drill.post("notes", {"text": "x" * 500}).status_code >= 500
        except httpx.TransportError:
            return True

    drill.until(refused, "a full disk")
