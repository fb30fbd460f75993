"""`verify`: the exit code and the sentences people act on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from tests.build import at_gate
from tests.commands.run import manage
from tests.outside import export_of

if TYPE_CHECKING:
    from pathlib import Path


def tamper(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET session_replication_role = origin")


@pytest.mark.django_db
def test_a_whole_timeline_is_told_with_its_head() -> None:
    made = at_gate()
    said = manage("verify", made.run_id)
    assert said.failed == ""
    assert said.lines[1].startswith("✔ chain: ")
    assert said.lines[-1].endswith(f"head {made.run.head_hash}")
    assert manage("verify", made.run_id, "--head", made.run.head_hash).failed == ""
    assert "✘ head" in manage("verify", made.run_id, "--head", "0" * 64).out


@pytest.mark.django_db
def test_an_edited_timeline_fails_whichever_way_it_is_asked_for() -> None:
    made = at_gate()
    tamper("UPDATE migrations_app_event SET sentence = 'all was well' WHERE seq = 2")
    for words in (["--all"], [made.run_id]):
        said = manage("verify", *words)
        assert said.failed == "Something is not as it was written."
        assert "entry 2: it was changed after it was written" in said.out


@pytest.mark.django_db
def test_no_runs_are_no_fault() -> None:
    assert manage("verify", "--all").out == "There are no runs yet.\n"


@pytest.mark.django_db
def test_what_makes_no_sense_is_refused() -> None:
    assert "There is no run 404" in manage("verify", 404).failed
    assert "required" in manage("verify").failed
    assert "one run" in manage("verify", "--all", "--head", "ff").failed


@pytest.mark.django_db(transaction=True)
def test_an_export_is_verified_as_a_file(tmp_path: Path) -> None:
    made = at_gate()
    file = tmp_path / "export.json"
    file.write_text(export_of(made.run_id))
    said = manage("verify", "--file", file, "--head", made.run.head_hash)
    assert said.failed == ""
    assert [line[:1] for line in said.lines[1:4]] == ["✔", "✔", "✔"]
    data = json.loads(file.read_text())
    data["entries"][1]["actor"] = "somebody else"
    file.write_text(json.dumps(data))
    assert "✘ chain" in manage("verify", "--file", file).out


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"run": 1}', "\x00"])
def test_a_file_that_is_no_export_says_so(tmp_path: Path, text: str) -> None:
    file = tmp_path / "export.json"
    file.write_text(text)
    assert "is no export" in manage("verify", "--file", file).failed
    assert "can't be read" in manage("verify", "--file", tmp_path / "none.json").failed
