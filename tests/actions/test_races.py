"""Simultaneous clicks: one decision each, and the baseline wins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from migrations_app.actions import gate, once, rollback
from migrations_app.actions.rollback import Back
from migrations_app.domain.actor import Click
from migrations_app.domain.errors import Refused
from migrations_app.domain.states import State
from migrations_app.models import Decision, Event, Flip, Latch, Membership, Run, SignOff
from tests.actions.hands import at_once
from tests.build import CLICK, at_gate, judge, room
from tests.timeline import assert_whole

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

pytestmark = pytest.mark.django_db(transaction=True)

PAIRS = 200


def _again(run: Run) -> None:
    """Put the run back to its open gate, in a new leg, without telling anybody."""
    Flip.objects.filter(route__run=run, closed_at=None).update(closed_at=run.started_at)
    run.gates.filter(closed_at=None).update(closed_at=run.started_at)
    Run.objects.filter(pk=run.pk).update(state=State.GATE, leg=run.leg + 1, phase=0)
    run.routes.update(desired=0)
    run.gates.create(leg=run.leg + 1, phase=0, round=1, opened_at=run.started_at)


@pytest.mark.slow
def test_200_raced_go_and_rollback_pairs_end_at_the_baseline(hands: ThreadPoolExecutor) -> None:
    made = at_gate()
    back = Back(reason="raced")

    def roll_back() -> object:
        rollback.latch(made.run_id, made.lee, back)
        return rollback.write_down(made.run_id)

    went = 0
    for number in range(1, PAIRS + 1):
        judge(made.run_id, "errors", "PASS")
        answers = at_once(hands, lambda: gate.go(made.run_id, made.ana, CLICK), roll_back)
        run = made.run
        assert run.state == State.ROLLING_BACK, answers
        assert {route.desired for route in run.routes.all()} == {0}
        assert Latch.objects.filter(run=run).count() == number
        leg = list(Event.objects.filter(run=run, leg=number).values_list("kind", flat=True))
        assert leg.count("rollback") == 1
        assert "go" not in leg[leg.index("rollback") :]
        went += "go" in leg
        _again(run)
    assert Decision.objects.filter(run_id=made.run_id, verb="roll_back").count() == PAIRS
    assert Decision.objects.filter(run_id=made.run_id, verb="go").count() == went
    assert_whole(made.run_id)


def test_the_same_key_clicked_twice_at_once_is_one_decision(hands: ThreadPoolExecutor) -> None:
    made = at_gate()
    judge(made.run_id, "errors", "PASS")
    click = Click(key="one-click", revision=made.run.revision)
    first, second = at_once(
        hands,
        lambda: gate.go(made.run_id, made.ana, click),
        lambda: gate.go(made.run_id, made.ana, click),
    )
    assert isinstance(first, once.Outcome)
    assert isinstance(second, once.Outcome)
    assert first.seq == second.seq
    assert first.replayed != second.replayed
    assert Decision.objects.filter(verb="go").count() == 1


def test_two_goes_without_a_key_on_the_same_screen_are_one_go(hands: ThreadPoolExecutor) -> None:
    made = at_gate()
    judge(made.run_id, "errors", "PASS")
    click = Click(revision=made.run.revision)
    answers = at_once(
        hands,
        lambda: gate.go(made.run_id, made.ana, click),
        lambda: gate.go(made.run_id, made.ana, click),
    )
    refused = [answer.code for answer in answers if isinstance(answer, Refused)]
    assert len(refused) == 1
    assert refused[0] in {"stale", "wrong_state"}
    assert Decision.objects.filter(verb="go").count() == 1


def test_a_person_signs_once_however_often_they_click(hands: ThreadPoolExecutor) -> None:
    from migrations_app.domain.plan.people import Role
    from tests.build import phase

    gated = {"gate": {"roles": ["database"]}}
    made = at_gate(phases=[phase("one", 1) | gated, phase("two", 2)])
    answers = at_once(
        hands,
        lambda: gate.sign_off(made.run_id, made.raj, CLICK, Role.DATABASE),
        lambda: gate.sign_off(made.run_id, made.raj, CLICK, Role.DATABASE),
    )
    assert [a.code for a in answers if isinstance(a, Refused)] == ["already_signed"]
    assert SignOff.objects.count() == 1


def test_two_runs_of_one_migration_do_not_both_start(hands: ThreadPoolExecutor) -> None:
    from migrations_app.actions import start

    first = room()
    second = start.plan_run(first.run.migration_id, "rehearsal", first.ana)
    answers = at_once(
        hands,
        lambda: start.start(first.run_id, first.ana, CLICK),
        lambda: start.start(second.pk, first.ana, CLICK),
    )
    assert [a.code for a in answers if isinstance(a, Refused)] == ["already_live"]
    assert Run.objects.filter(state=State.SHIFTING).count() == 1


def test_a_role_taken_away_in_the_same_moment_leaves_no_half_decision(
    hands: ThreadPoolExecutor,
) -> None:
    made = at_gate()
    judge(made.run_id, "errors", "PASS")
    answers = at_once(
        hands,
        lambda: gate.go(made.run_id, made.ana, CLICK),
        lambda: Membership.objects.filter(user__username="ana").delete(),
    )
    went = not isinstance(answers[0], Refused)
    assert Decision.objects.filter(verb="go").exists() is went
    assert (made.run.state == State.SHIFTING) is went
    assert_whole(made.run_id)
