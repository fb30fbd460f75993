"""Whoever dies over a comparison loses a step at most; whoever comes back late writes nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from migrations_app.conductor import parity as conductor
from migrations_app.domain.parity.progress import Progress
from migrations_app.models import ParityPass, ParityTable
from migrations_app.sources.parity import step as steps
from migrations_app.sources.parity.visit import Visit
from tests.conductor import parity as build
from tests.conductor.parity import pair
from tests.sources.parity.conftest import postgres

if TYPE_CHECKING:
    from migrations_app.sources.parity.step import Step
    from tests.conductor.parity import Pair

__all__ = ["pair", "postgres"]
pytestmark = pytest.mark.django_db(transaction=True)
CHILD = """
import django, sys
django.setup()
from migrations_app.conductor import parity
parity.VISIT_S = parity._SHORT_S = 600
parity.compare(int(sys.argv[1]))
"""
PATIENCE_S = 60.0


@pytest.mark.slow
def test_who_is_killed_outright_is_taken_up(pair: Pair) -> None:
    """SIGKILL, while it reads: its step is lost, and nothing else."""
    made = build.comparing(*pair, chunk=100, rows_per_second=400, sample=0)
    command = [sys.executable, "-c", CHILD, str(build.parity(made).pk)]
    process = subprocess.Popen(command, env={**os.environ, **build.here()})
    deadline = time.monotonic() + PATIENCE_S
    try:
        while not (kept := ParityTable.objects.filter(progress__chunks__gte=2).first()):
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        process.kill()
        process.wait(PATIENCE_S)
    build.died(made)
    build.whole(made)
    done = Progress.from_json(ParityTable.objects.get().progress)
    assert (done.blue.rows, done.chunks, done.differing) == (2000, 21, 0)
    assert ParityTable.objects.get().pk == kept.pk


class Killed(BaseException):
    """The process is gone: nothing that would run afterwards runs."""


def test_who_is_killed_in_the_middle_is_taken_up_where_the_last_step_was_kept(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair[1].do("DELETE FROM orders WHERE id IN (50, 1950)")
    made = build.comparing(*pair, chunk=100, sample=0)
    walked: list[Progress] = []
    step = steps.step

    def dying(ground: steps.Ground, known: Progress) -> Step:
        walked.append(known)
        if len(walked) == 8:
            raise Killed
        return step(ground, known)

    with monkeypatch.context() as during:
        during.setattr("migrations_app.sources.parity.visit.step", dying)
        during.setattr(conductor, "_give_back", lambda *_: None)
        with pytest.raises(Killed):
            conductor.compare(build.parity(made).pk)
    assert not conductor.compare(build.parity(made).pk), "its lease still stands"
    assert not build.due_now(made)
    build.died(made)
    assert build.due_now(made)
    kept = Progress.from_json(ParityTable.objects.get().progress)
    assert kept == walked[7]
    assert kept.blue.rows == 700
    build.whole(made)
    done = Progress.from_json(ParityTable.objects.get().progress)
    assert (done.blue.rows, done.green.rows, done.differing, done.chunks) == (2000, 1998, 2, 21)
    assert ParityPass.objects.get().ended_at is not None


def test_who_wakes_up_late_writes_nothing(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    made = build.comparing(*pair, chunk=100)
    step = Visit.step

    def stopped(self: Visit, table: str, known: Progress) -> Step:
        """While it reads, its lease runs out and another has begun."""
        done = step(self, table, known)
        build.died(made)
        monkeypatch.setattr(Visit, "step", step)
        build.whole(made)
        return done

    monkeypatch.setattr(Visit, "step", stopped)
    assert conductor.compare(build.parity(made).pk)
    done = Progress.from_json(ParityTable.objects.get().progress)
    assert (done.blue.rows, done.chunks) == (2000, 21)
    assert build.parity(made).resting, "nor does it give back what is not its own"
