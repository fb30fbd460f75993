"""Every classic bug, put back into the real code, breaks the law that is there for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from migrations_app.domain.invariants import LAWS, broken
from tests.faults.mutants.bugs import BUGS, Bug
from tests.faults.mutants.scene import Scene

if TYPE_CHECKING:
    from tests.conductor.conftest import House
    from tests.faults.mutants.conftest import Row

pytestmark = pytest.mark.django_db

BY_NAME = [pytest.param(bug, id=bug.name.replace(" ", "-")) for bug in BUGS]


@pytest.mark.parametrize("bug", BY_NAME)
def test_without_the_bug_every_law_holds(parts: House, bug: Bug) -> None:
    scene = Scene(parts)
    bug.play(scene)
    assert broken(scene.night()) == []


@pytest.mark.parametrize("bug", BY_NAME)
def test_with_the_bug_its_law_goes_red(
    parts: House, bug: Bug, monkeypatch: pytest.MonkeyPatch, table: list[Row]
) -> None:
    bug.put_back(monkeypatch)
    scene = Scene(parts)
    bug.play(scene)
    wrong = broken(scene.night())
    laws = sorted({one.law for one in wrong})
    said = next((one.sentence for one in wrong if one.law == bug.law), "NOBODY NOTICED")
    table.append((bug.name, " ".join(laws), said))
    assert bug.law in laws, wrong


def test_every_bug_has_a_law_that_exists() -> None:
    assert {bug.law for bug in BUGS} <= set(LAWS)
    assert len(BUGS) >= 6
