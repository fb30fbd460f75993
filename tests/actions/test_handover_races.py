"""Whoever decides does so wholly before a role changes hands or wholly after it."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from migrations_app.actions import gate, handover, once, start
from migrations_app.actions.lock import locked_crew
from migrations_app.actions.people import grant
from migrations_app.actions.take_over import take_over
from migrations_app.domain.actor import Click
from migrations_app.domain.errors import Refused
from migrations_app.domain.plan.people import Role
from migrations_app.models import Decision, Event, Handover, Membership
from tests.actions.hands import answer, at_once
from tests.actions.test_handover import WHY, actor, backed, crewed, dri, offered
from tests.build import CLICK, judge, room
from tests.timeline import assert_whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import ThreadPoolExecutor

    from tests.build import Room

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 8


def refusals(answers: list[object]) -> list[str]:
    return [one.code for one in answers if isinstance(one, Refused)]


def test_accepting_twice_at_once_hands_over_once(hands: ThreadPoolExecutor) -> None:
    made = backed()
    number, tom = offered(made), actor("tom")
    accept = partial(handover.accept, made.run_id, tom, CLICK, number)
    assert refusals(at_once(hands, accept, accept)) == ["answered"]
    assert dri() == ["tom"]
    assert Event.objects.filter(kind="handed_over").count() == 1


def test_accepted_or_withdrawn_never_both(hands: ThreadPoolExecutor) -> None:
    made = backed()
    tom = actor("tom")
    for _ in range(ROUNDS):
        number = offered(made)
        answers = at_once(
            hands,
            partial(handover.accept, made.run_id, tom, CLICK, number),
            partial(handover.withdraw, made.run_id, made.ana, CLICK, number),
        )
        assert refusals(answers) == ["answered"]
        accepted = isinstance(answers[0], once.Outcome)
        assert dri() == (["tom"] if accepted else ["ana"])
        assert Handover.objects.get(pk=number).outcome == ("accepted" if accepted else "withdrawn")
        if accepted:
            take_over(made.run_id, made.ana, WHY)
    assert_whole(made.run_id)


def test_two_backups_taking_over_at_once_leave_one_dri(hands: ThreadPoolExecutor) -> None:
    made = crewed(backed(), tim=(Role.DRI, True))
    tom, tim = actor("tom"), actor("tim")
    answers = at_once(
        hands,
        lambda: take_over(made.run_id, tom, WHY),
        lambda: take_over(made.run_id, tim, WHY),
    )
    assert refusals(answers) == []
    assert len(dri()) == 1
    said = Event.objects.filter(kind="handed_over").order_by("seq")
    froms = [event.payload["from"] for event in said]
    assert froms == ["ana", said[0].payload["to"]]


def test_a_go_beside_a_takeover_is_the_old_dris_before_it_or_refused(
    hands: ThreadPoolExecutor,
) -> None:
    made = backed()
    judge(made.run_id, "errors", "PASS")
    tom = actor("tom")
    answers = at_once(
        hands,
        lambda: gate.go(made.run_id, made.ana, CLICK),
        lambda: take_over(made.run_id, tom, WHY),
    )
    assert refusals(answers) in ([], ["not_allowed"])
    went = isinstance(answers[0], once.Outcome)
    assert Decision.objects.filter(verb="go").exists() is went
    told = list(Event.objects.filter(kind__in=("go", "handed_over")).values_list("kind", flat=True))
    assert told == (["go", "handed_over"] if went else ["handed_over"])
    assert dri() == ["tom"]
    assert_whole(made.run_id)


def waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def said_while_the_role_changes_hands(
    hands: ThreadPoolExecutor, made: Room, verb: Callable[[], object]
) -> object:
    """What `verb` answers when it comes just before the change is committed."""
    with locked_crew(made.run.migration_id):
        Membership.objects.filter(user__username="ana", role=Role.DRI).update(backup=True)
        Membership.objects.filter(user__username="tom", role=Role.DRI).update(backup=False)
        waiting = hands.submit(answer, verb)
        deadline = time.monotonic() + 10
        while not waits_for_a_lock() and not waiting.done():
            assert time.monotonic() < deadline, "it neither waits nor answers"
            time.sleep(0.005)
        assert not waiting.done(), waiting.result()
    return waiting.result(30)


def test_a_go_that_comes_in_between_waits_and_is_refused(hands: ThreadPoolExecutor) -> None:
    made = backed()
    judge(made.run_id, "errors", "PASS")
    said = said_while_the_role_changes_hands(
        hands, made, lambda: gate.go(made.run_id, made.ana, CLICK)
    )
    assert isinstance(said, Refused)
    assert said.code == "not_allowed"
    assert not Decision.objects.filter(verb="go").exists()


def test_a_start_that_comes_in_between_is_refused(hands: ThreadPoolExecutor) -> None:
    made = crewed(room(), tom=(Role.DRI, True))
    said = said_while_the_role_changes_hands(
        hands, made, lambda: start.start(made.run_id, made.ana, CLICK)
    )
    assert isinstance(said, Refused)
    assert said.code == "not_allowed"


def test_a_run_planned_in_between_is_not_started_by_the_old_dri(hands: ThreadPoolExecutor) -> None:
    made = crewed(room(), tom=(Role.DRI, True))

    def plan_and_start() -> object:
        run = start.plan_run(made.run.migration_id, "rehearsal", made.ana)
        return start.start(run.pk, made.ana, CLICK)

    said = said_while_the_role_changes_hands(hands, made, plan_and_start)
    assert isinstance(said, Refused)
    assert said.code == "not_allowed"


def test_a_rollback_waits_for_nobody(hands: ThreadPoolExecutor) -> None:
    from migrations_app.actions.rollback import Back, latch

    made = backed()
    with locked_crew(made.run.migration_id):
        done = hands.submit(latch, made.run_id, made.ana, Back(reason="now"))
        assert done.result(30).reason == "now"


def test_a_second_dri_granted_in_the_same_moment_is_refused(hands: ThreadPoolExecutor) -> None:
    made = crewed(backed(), tim=(Role.OBSERVER, False))
    number, tom = offered(made), actor("tom")
    slug = made.run.migration.slug
    answers = at_once(
        hands,
        lambda: handover.accept(made.run_id, tom, Click(), number),
        lambda: grant(slug, "tim", Role.DRI),
    )
    assert refusals(answers) == ["second_dri"]
    assert dri() == ["tom"]
