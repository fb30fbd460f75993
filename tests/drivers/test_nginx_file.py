"""The include by itself: nginx refuses it, a hand edits it, nobody loads it."""

from __future__ import annotations

import fcntl
import os
import signal
import stat
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from migrations_app.domain.errors import Conflict, Permanent, Transient, UnknownOutcome
from migrations_app.drivers.nginx import host as host_module
from migrations_app.drivers.nginx import include
from tests.drivers.made import all_closed
from tests.drivers.nginx_build import STATUS, at, keys
from tests.real_nginx import RealNginx, installed, nginx
from tests.wire.desk import desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from migrations_app.domain.finding import Finding
    from tests.wire.desk import Hand

__all__ = ["all_closed"]
WAY = "split_clients"
FRONT = "        location / { return 200 $warroom_app; }"


@pytest.fixture(scope="module", params=installed())
def started(request: pytest.FixtureRequest) -> Iterator[RealNginx]:
    begin = include.text(keys(None, WAY), Decimal(0))
    with nginx(
        request.param, begin, http="    include {include};", front_server=FRONT,
        status_server=STATUS,
    ) as running:  # fmt: skip
        yield running


@pytest.fixture
def running(started: RealNginx) -> RealNginx:
    started.load(include.text(keys(None, WAY), Decimal(0)))
    return started


def test_what_nginx_refuses_is_put_back_and_told_in_its_words(running: RealNginx) -> None:
    before = running.include.read_text()
    with pytest.raises(Permanent, match="nginx refuses the configuration") as told:
        at(running, WAY, main=str(_broken(running))).apply(Decimal(5), None)
    assert 'unknown directive "nonsense"' in str(told.value)
    assert running.include.read_text() == before
    assert running.says().startswith("0 ")


def _broken(running: RealNginx) -> Path:
    path = running.directory / "broken.conf"
    path.write_text(running.main.read_text().replace("http {", "http { nonsense on;"))
    return path


def test_a_file_that_nobody_loaded_does_not_count(running: RealNginx) -> None:
    running.include.write_text(include.text(keys(None, WAY), Decimal(100)))
    seen = at(running, WAY).observe()
    assert seen.weight == 0
    assert "not loaded, says 100 %" in seen.detail
    assert not next(one for one in at(running, WAY).check() if one.what.startswith("status")).ok
    at(running, WAY).apply(Decimal(100), seen.token)
    assert running.says().startswith("100 ")


@pytest.mark.parametrize("loaded", [True, False])
def test_a_file_edited_by_hand_is_believed_in_nothing(running: RealNginx, loaded: bool) -> None:
    """It sends half of the traffic and still says 0 of itself."""
    edited = running.include.read_text().replace("* 127", "50% 127.0.0.1:8002;\n    * 127")
    if loaded:
        running.load(edited)
    else:
        running.include.write_text(edited)
    seen = at(running, WAY).observe()
    assert seen.weight == Decimal("0.02")
    assert "changed by hand" in seen.detail
    at(running, WAY).apply(Decimal(0), None)
    assert at(running, WAY).observe().weight == 0


def test_an_edit_by_hand_is_a_conflict_for_going_on(running: RealNginx) -> None:
    token = at(running, WAY).observe().token
    running.include.write_text(running.include.read_text() + "# mine\n")
    with pytest.raises(Conflict, match="was changed since it was read"):
        at(running, WAY).apply(Decimal(5), token)
    assert "# mine" in running.include.read_text()


def test_nothing_is_written_while_nginx_does_not_run(running: RealNginx) -> None:
    before = running.include.stat().st_mtime_ns
    with pytest.raises(Transient, match="is nginx running"):
        at(running, WAY, pid_file="/nonexistent").apply(Decimal(5), None)
    assert running.include.stat().st_mtime_ns == before


def test_what_is_as_it_should_be_is_not_loaded_again(running: RealNginx) -> None:
    at(running, WAY).apply(Decimal(7), None)
    workers = running.workers()
    at(running, WAY).apply(Decimal(7), None)
    assert running.workers() == workers


def test_a_link_stays_a_link_and_the_file_can_be_read_by_nginx(running: RealNginx) -> None:
    link = running.directory / "link.conf"
    link.symlink_to(running.include)
    try:
        at(running, WAY, include=str(link)).apply(Decimal(9), None)
        assert link.is_symlink()
        assert stat.S_IMODE(running.include.stat().st_mode) == 0o644
        assert list(running.directory.glob(".*.new")) == []
    finally:
        link.unlink()


def test_a_directory_that_we_may_not_write(running: RealNginx) -> None:
    nowhere = "/proc/warroom/app.conf"
    with pytest.raises(Permanent, match="can't be written by Warroom's user"):
        at(running, WAY, include=nowhere).apply(Decimal(5), None)
    assert any("can't be written" in one.sentence for one in _bad(running, include=nowhere))


def test_one_answer_of_a_new_worker_is_not_the_end_of_the_old_ones(running: RealNginx) -> None:
    """For a tenth of a second old and new workers take connections side by side."""
    config = keys(running, WAY)
    old, new = (str(include.account(config, Decimal(weight))) for weight in (0, 5))
    answers = [old, new, old, new, old]

    def deed(hand: Hand) -> None:
        said = answers.pop(0) if answers else new
        hand.say(200, said.encode())

    with desk(deed) as status:
        at(running, WAY, url=status.url).apply(Decimal(5), None)
    assert answers == []


def test_two_flips_of_one_nginx_wait_for_each_other(running: RealNginx) -> None:
    before = running.include.read_text()
    with (running.directory / ".route.conf.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Transient, match="Another flip of this nginx is still under way"):
            at(running, WAY, timeout=0.1).apply(Decimal(5), None)
    assert running.include.read_text() == before


def test_a_status_location_that_says_something_else(running: RealNginx) -> None:
    elsewhere = f"http://127.0.0.1:{running.front}/"
    with pytest.raises(Permanent, match=r"return 200 \$warroom_app_says"):
        at(running, WAY, url=elsewhere).observe()
    with pytest.raises(UnknownOutcome, match="told to reload, but"):
        at(running, WAY, url=elsewhere).apply(Decimal(5), None)


def test_a_reload_that_never_comes_is_unknown(running: RealNginx) -> None:
    """The master is stopped: the file is there, the signal waits."""
    running.process.send_signal(signal.SIGSTOP)
    try:
        with pytest.raises(UnknownOutcome, match="told to reload, but"):
            at(running, WAY, timeout=1).apply(Decimal(5), None)
    finally:
        running.process.send_signal(signal.SIGCONT)
    at(running, WAY).apply(Decimal(6), None)
    assert running.says().startswith("6 ")


def test_through_sudo_nothing_but_two_commands_is_run(
    running: RealNginx, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log"
    sudo = tmp_path / "sudo"
    sudo.write_text(f'#!/bin/sh\necho "run $*" >> {log}\nshift\nexec "$@"\n')
    sudo.chmod(0o755)
    monkeypatch.setattr(host_module, "SUDO", str(sudo))
    at(running, WAY, sudo=True).apply(Decimal(8), None)
    assert log.read_text().splitlines() == [
        f"run -n {running.binary} -t -q -c {running.main}",
        f"run -n {running.binary} -s reload -c {running.main}",
    ]
    assert "| sudo tee" in at(running, WAY, sudo=True).manual_commands(Decimal(0))[0]


def _bad(running: RealNginx, **more: object) -> list[Finding]:
    return [one for one in at(running, WAY, **more).check() if not one.ok]


def test_a_doctor_finds_nothing_wrong_and_says_what_a_reload_costs(running: RealNginx) -> None:
    found = at(running, WAY).check()
    assert [one for one in found if not one.ok] == []
    assert "loses a few requests" in next(one for one in found if one.what == "reload").sentence


def test_a_doctor_sees_an_include_that_is_not_included_and_a_variable_unused(
    running: RealNginx,
) -> None:
    other = running.directory / "other.conf"
    text = running.main.read_text()
    text = text.replace(f"include {running.include};", "").replace("return 200 $warroom_app;", "")
    other.write_text(text.replace("$warroom_app_says", "nothing").replace(
        "events", "worker_shutdown_timeout 5s;\nevents"
    ))  # fmt: skip
    assert {one.what for one in _bad(running, main=str(other))} == {
        str(running.include), "$warroom_app", "worker_shutdown_timeout",
    }  # fmt: skip


def test_a_doctor_names_a_process_that_is_gone(running: RealNginx) -> None:
    assert "is nginx running" in _bad(running, pid_file="/nonexistent")[0].sentence


@pytest.mark.skipif(os.geteuid() != 0, reason="NOT PROVEN: only root can become somebody else")
def test_somebody_who_may_not_signal_nginx_is_told_about_sudo(running: RealNginx) -> None:
    child = os.fork()
    if child == 0:  # no test framework in here
        os.setuid(65534)
        try:
            host_module.Host(keys(running, WAY)).pid()
        except Permanent as error:
            os._exit(0 if "sudo: true" in str(error) else 1)
        os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
