from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from migrations_app.practice.supervisor.logs import LONGEST_LINE, Log, pump
from tests.practice.processes import until

if TYPE_CHECKING:
    from pathlib import Path


def test_each_line_says_when_and_who(tmp_path: Path) -> None:
    log = Log(tmp_path / "web.log", "web")

    log.write("up")
    log.close()

    line = (tmp_path / "web.log").read_text()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z web \| up\n", line)


def test_the_files_stay_bounded_and_the_newest_lines_are_kept(tmp_path: Path) -> None:
    log = Log(tmp_path / "web.log", "web", limit=1_000)

    for number in range(200):
        log.write(f"line {number}")
    log.close()

    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert len(sizes) == 2
    assert max(sizes) < 1_100
    kept = (tmp_path / "web.log.1").read_text() + (tmp_path / "web.log").read_text()
    assert kept.endswith("line 199\n")


def test_last_words_are_the_last_lines(tmp_path: Path) -> None:
    log = Log(tmp_path / "web.log", "web")
    assert log.last_words() == "  (it said nothing)"

    for number in range(20):
        log.write(f"line {number}")

    assert log.last_words().splitlines() == [f"  line {number}" for number in range(12, 20)]
    log.close()


def test_a_straggler_may_speak_after_the_end(tmp_path: Path) -> None:
    log = Log(tmp_path / "web.log", "web")
    log.close()

    log.write("too late")

    assert (tmp_path / "web.log").read_text() == ""


def test_what_a_process_says_is_written_down_whatever_it_says(tmp_path: Path) -> None:
    log = Log(tmp_path / "a.log", "a")
    script = f"printf 'bad \\377 byte\\n'; head -c {LONGEST_LINE + 10} /dev/zero | tr '\\0' y"
    with subprocess.Popen(["/bin/sh", "-c", script], stdout=subprocess.PIPE) as process:
        pump(process, log)
        until(lambda: len(log.last_words().splitlines()) == 3)
    log.close()

    lines = (tmp_path / "a.log").read_text().splitlines()
    assert lines[0].endswith("| bad \N{REPLACEMENT CHARACTER} byte")
    assert [line.count("y") for line in lines[1:]] == [LONGEST_LINE, 10]
