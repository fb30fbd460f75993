from __future__ import annotations

import os
import socket
import stat
from typing import TYPE_CHECKING

import pytest

from migrations_app.practice.errors import PracticeError
from migrations_app.practice.ports import HOST
from migrations_app.practice.statedir import StateDir, write_private

if TYPE_CHECKING:
    from pathlib import Path


def test_a_port_stays_the_same_from_start_to_start(tmp_path: Path) -> None:
    assert StateDir(tmp_path).port("web") == StateDir(tmp_path).port("web")


def test_each_name_has_a_port_of_its_own(tmp_path: Path) -> None:
    state = StateDir(tmp_path)

    assert len({state.port(name) for name in "abcdef"}) == 6


def test_a_port_that_someone_else_took_meanwhile_is_replaced(tmp_path: Path) -> None:
    port = StateDir(tmp_path).port("web")

    with socket.socket() as stranger:
        stranger.bind((HOST, port))
        stranger.listen()

        assert StateDir(tmp_path).port("web") != port


def test_a_secret_is_kept_where_only_its_owner_can_read_it(tmp_path: Path) -> None:
    secret = StateDir(tmp_path).secret("postgres")

    assert StateDir(tmp_path).secret("postgres") == secret
    assert StateDir(tmp_path).secret("valkey") != secret
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_a_private_file_is_private_even_if_it_replaces_an_open_one(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("for all")
    path.with_name("file.new").write_text("left over by a crash")

    write_private(path, "for me")

    assert path.read_text() == "for me"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_ranges_in_one_directory_are_refused_with_the_first_ones_pid(tmp_path: Path) -> None:
    with (
        StateDir(tmp_path).locked(),
        pytest.raises(PracticeError, match=rf"already runs in .* \(process {os.getpid()}\)"),
        StateDir(tmp_path).locked(),
    ):
        pytest.fail("both got the lock")


def test_the_lock_is_free_again_afterwards(tmp_path: Path) -> None:
    with StateDir(tmp_path).locked():
        pass
    with StateDir(tmp_path).locked() as descriptor:
        assert os.pread(descriptor, 20, 0) == str(os.getpid()).encode()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory to somebody else")
def test_the_directory_of_another_user_is_refused_in_words(tmp_path: Path) -> None:
    with StateDir(tmp_path).locked():
        pass
    os.chown(tmp_path / "lock", 4242, 4242)

    with (
        pytest.raises(PracticeError, match=r"another user \(id 4242\)"),
        StateDir(tmp_path).locked(),
    ):
        pytest.fail("it was used nevertheless")


def test_a_directory_that_cannot_be_made_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with (
        pytest.raises(PracticeError, match="can't be used"),
        StateDir(tmp_path / "file" / "below").locked(),
    ):
        pytest.fail("it was used nevertheless")


def test_reset_forgets_everything_but_the_lock(tmp_path: Path) -> None:
    state = StateDir(tmp_path / "demo")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "data").write_text("rows")
    with state.locked():
        (state.make("postgres") / "data").write_text("rows")
        state.secret("postgres")
        state.go_elsewhere(outside)

        state.reset()

        assert [entry.name for entry in state.path.iterdir()] == ["lock"]
        assert not outside.exists()


def test_reset_does_not_follow_a_link_out_of_the_directory(tmp_path: Path) -> None:
    state = StateDir(tmp_path / "demo")
    precious = tmp_path / "precious"
    precious.mkdir()
    with state.locked():
        (state.path / "link").symlink_to(precious)

        state.reset()

    assert precious.is_dir()
