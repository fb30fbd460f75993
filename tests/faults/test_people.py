"""Sessions that end in the middle of a click, plans edited while they are executed, YAML bombs."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.build import phase
from tests.faults.test_postgres import MANAGE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.drill import Drill

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{here}: &{here} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, here in zip("abcdef", "bcdefg", strict=True)
)


def browser(drill: Drill, name: str) -> httpx.Client:
    cookies = {"sessionid": drill.house.desk.session(name)}
    return httpx.Client(base_url=drill.house.web.url, cookies=cookies, timeout=60)


@pytest.mark.parametrize("verb", ["go", "roll-back"])
def test_a_session_that_ends_in_mid_click_leads_to_the_login_and_does_nothing(
    drill: Drill, verb: str
) -> None:
    drill.at_gate()
    with browser(drill, "ana") as ana:
        shown = ana.get(f"/runs/{drill.run}/")
        (token, *_) = TOKEN.findall(shown.text)
        drill.house.ask("DELETE FROM django_session")
        headers = {"HX-Request": "true", "Referer": str(shown.url), "X-CSRFToken": token}
        body = {"csrfmiddlewaretoken": token, "reason": "on", "revision": "3"}
        answer = ana.post(
            f"/runs/{drill.run}/{verb}", data=body, headers=headers, follow_redirects=True
        )  # as a browser follows them, below htmx
    assert "/login/" in answer.headers.get("HX-Redirect", ""), answer.status_code
    assert answer.text == "", "no form of a login inside the room"
    assert drill.applied() == [50]
    assert not {"go", "rollback"} & set(drill.kinds())
    drill.assert_whole()


def test_a_live_run_executes_the_plan_it_was_started_with(drill: Drill) -> None:
    drill.at_gate()
    drill.house.desk.load(drill.plan(phases=[phase("half", 10), phase("all", 20)]))
    drill.go()
    drill.wait("gate")
    assert drill.applied() == [50, 100], "not a word of the new plan"
    assert "amended" not in drill.kinds()
    assert drill.post("amend", {"revision": drill.room()["revision"]}).status_code == 422, "why?"
    assert drill.click_back().confirmed
    drill.assert_went_back(50, 100)
    drill.assert_whole()


def lint(file: Path) -> tuple[int, str, float]:
    """Exit code, words, and the most memory (MB) any child took so far."""
    command = [sys.executable, str(MANAGE), "runbook", "lint", str(file)]
    env = os.environ | {"SECRET_KEY": "for-this-test-only" * 4}
    done = subprocess.run(
        command, env=env, capture_output=True, text=True, timeout=60, check=False
    )  # fmt: skip
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return done.returncode, done.stdout + done.stderr, most


def test_a_yaml_bomb_is_refused_before_it_grows(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.yaml"
    bomb.write_text(BOMB)
    code, said, most = lint(bomb)
    assert code != 0
    assert "alias" in said.lower(), said
    assert most < 600, "34 MB of JSON, or much more as objects, were never made"
