"""A file that is replaced whole, by one writer at a time, and never on an old decision."""

from __future__ import annotations

import fcntl
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from migrations_app.domain.errors import Conflict, Permanent, Transient
from migrations_app.drivers.watched import LARGEST, WatchedFile
from migrations_app.wire.deadline import Deadline
from tests.drivers.build import SOON

if TYPE_CHECKING:
    from pathlib import Path

LONG = 60.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "routes.yaml"
    file.write_text("0")
    return file


def one_more(text: str) -> str:
    return str(int(text) + 1)


def test_a_token_is_of_what_is_there(path: Path) -> None:
    file = WatchedFile(str(path))
    text, token = file.read()
    assert text == "0"
    new = file.replace(one_more, token, Deadline(LONG))
    assert file.read() == ("1", new)
    with pytest.raises(Conflict, match="somebody else"):
        file.replace(one_more, token, Deadline(LONG))
    assert path.read_text() == "1"
    file.replace(one_more, None, Deadline(LONG))
    assert path.read_text() == "2"


def test_no_write_is_lost_among_many(path: Path) -> None:
    def write(_: int) -> None:
        WatchedFile(str(path)).replace(one_more, None, Deadline(LONG))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    assert path.read_text() == "40"


def test_the_new_file_has_the_old_ones_rights_and_nothing_lies_about(path: Path) -> None:
    path.chmod(0o640)
    before = path.stat().st_ino
    WatchedFile(str(path)).replace(one_more, None, Deadline(LONG))
    assert path.stat().st_mode & 0o777 == 0o640
    assert path.stat().st_ino != before, "it was replaced, not written over"
    assert os.listdir(path.parent) == [path.name]


def test_whoever_fails_to_change_it_leaves_it(path: Path) -> None:
    def refuse(_: str) -> str:
        raise Permanent("no")

    with pytest.raises(Permanent):
        WatchedFile(str(path)).replace(refuse, None, Deadline(LONG))
    assert os.listdir(path.parent) == [path.name]
    assert path.read_text() == "0"


def test_one_who_holds_on_is_not_waited_for_for_ever(path: Path) -> None:
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        with pytest.raises(Transient, match="somebody else"):
            WatchedFile(str(path)).replace(one_more, None, Deadline(SOON))
    finally:
        os.close(directory)


def test_a_file_that_is_not_there_may_come_back(path: Path) -> None:
    for missing in (path.with_name("other.yaml"), path.parent / "unmounted" / "routes.yaml"):
        with pytest.raises(Transient, match="mounted"):
            WatchedFile(str(missing)).read()
        with pytest.raises(Transient, match="mounted"):
            WatchedFile(str(missing)).replace(one_more, None, Deadline(LONG))


def test_a_link_would_be_replaced_and_not_what_it_points_to(path: Path) -> None:
    link = path.with_name("link.yaml")
    link.symlink_to(path)
    with pytest.raises(Permanent, match="is a link"):
        WatchedFile(str(link)).replace(one_more, None, Deadline(LONG))


@pytest.mark.parametrize(
    ("raw", "said"), [(b"\xff\xfe", "UTF-8"), (b"x" * (LARGEST + 1), "larger")]
)
def test_what_can_be_no_configuration_is_refused(path: Path, raw: bytes, said: str) -> None:
    path.write_bytes(raw)
    with pytest.raises(Permanent, match=said):
        WatchedFile(str(path)).read()


def test_a_directory_in_its_place_is_no_crash(path: Path) -> None:
    with pytest.raises(Transient, match="can't be used"):
        WatchedFile(str(path.parent)).read()
