"""What is told will happen; asking changes nothing, and no plane keeps anybody waiting."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from migrations_app.actions import gate
from migrations_app.actions.resume import resume
from migrations_app.actions.rollback import Back
from migrations_app.actions.start import start
from migrations_app.conductor import looks, preview, seams
from migrations_app.conductor.looks import Looks
from migrations_app.conductor.rollback import roll_back
from migrations_app.domain.actor import Click
from migrations_app.domain.errors import Transient
from migrations_app.drivers.base import Observed
from migrations_app.drivers.fake.driver import FakeDriver
from migrations_app.drivers.fake.faults import Faults
from migrations_app.models import Event, Flip, Run
from migrations_app.reads.plan.ahead import Way
from tests.build import phase, weight

if TYPE_CHECKING:
    from migrations_app.conductor.preview import Preview
    from tests.build import Room
    from tests.conductor.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)


def seen(made: Room, name: str = "canary-1") -> Preview:
    found = preview.preview(made.run_id, name)
    assert found is not None
    return found


def at_gate(house: House, *routes: str, **changes: Any) -> Room:
    made = house.started(*routes, **changes)
    house.settle(made)
    return made


def test_what_was_told_is_what_happens(house: House) -> None:
    made = at_gate(house)
    found = seen(made)
    (web,) = found.moving
    assert (web.seen, web.ahead.weight, web.ahead.turn) == (weight(0), weight(1), 1)
    assert web.lines == (f'fake plane "web-{house.number}": GREEN from 0 % to 1 %',)
    assert found.snags == ()
    gate.go(made.run_id, made.ana, Click(revision=made.run.revision))
    house.settle(made)
    assert house.weights() == [1.0]


def test_asking_changes_nothing(house: House) -> None:
    made = at_gate(house)
    before = (len(house.plane().lines()), Event.objects.count(), Flip.objects.count())
    revision = made.run.revision
    for name in ("shadow", "canary-1", "canary-50", "full"):
        seen(made, name)
    assert (len(house.plane().lines()), Event.objects.count(), Flip.objects.count()) == before
    assert made.run.revision == revision


def test_a_phase_that_is_not_in_the_plan_is_none(house: House) -> None:
    assert preview.preview(house.planned().run_id, "nowhere") is None


def test_drift_is_told_with_both_weights(house: House) -> None:
    made = at_gate(house)
    house.plane().drift(weight(7))
    found = seen(made)
    assert found.moving[0].drifts
    assert found.snags == ("web is at 7 % GREEN, ought to be at 0 %: somebody moved it.",)


def test_a_plane_that_does_not_answer_is_told_and_the_others_are_shown(house: House) -> None:
    weights = {"name": "canary-1", "weights": {"web": 1, "flag": 1}, "gate": {"roles": ["dri"]}}
    made = at_gate(house, "web", "flag", phases=[phase("shadow"), weights])
    house.plane("web").inject(Faults(unreachable=True))
    web, flag = seen(made).moving
    assert web.seen is None
    assert "can't be reached" in web.unread
    assert flag.seen == weight(0)
    assert any("can't be read" in snag for snag in seen(made).snags)


def test_a_plane_that_hangs_keeps_nobody_waiting(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = at_gate(house)
    released = threading.Event()

    def hang(_: FakeDriver) -> Observed:
        released.wait()
        return Observed(weight(0))

    monkeypatch.setattr(FakeDriver, "observe", hang)
    monkeypatch.setattr(preview, "BUDGET_S", 1.0)
    web = seen(made).moving[0]
    released.set()
    assert web.unread == "did not answer within 1 s"
    assert web.lines  # what it would be told is known all the same


def test_what_a_driver_refuses_is_told_before_it_is_asked_for(house: House) -> None:
    environments = house.environments("web", binary=True)
    made = at_gate(house, environments=environments, phases=[phase("shadow"), phase("canary-1", 1)])
    found = seen(made)
    assert "knows only 0 % and 100 %" in found.moving[0].cannot
    assert found.moving[0].lines == ()
    assert sum("can't be set to 1 %" in snag for snag in found.snags) == 1


def test_a_driver_that_cannot_be_built_here_says_which_key_and_no_secret(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANE_NAME", f"web-{house.number}")
    environments = house.environments()
    environments["rehearsal"]["routes"]["web"]["config"] = {"name": "${env:PLANE_NAME}"}
    made = at_gate(house, environments=environments)
    seams.forget()
    monkeypatch.setenv("PLANE_NAME", "canary secret!")
    found = seen(made)
    assert "routes.web" in found.moving[0].unread
    assert "canary" not in str(found.moving[0].unread)


def test_a_driver_that_breaks_is_named_and_its_words_are_not(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = at_gate(house)

    def broken(_: FakeDriver) -> Observed:
        raise RuntimeError("password=canary")

    monkeypatch.setattr(FakeDriver, "observe", broken)
    unread = seen(made).moving[0].unread
    assert "RuntimeError" in unread
    assert "canary" not in unread


def test_planes_are_asked_outside_of_a_transaction(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, inside, build = at_gate(house), [], seams.driver

    def watched(*asked: Any) -> Any:
        inside.append(connection.in_atomic_block)
        return build(*asked)

    monkeypatch.setattr(seams, "driver", watched)
    seen(made)
    assert inside
    assert not any(inside)


def test_how_it_would_be_entered_follows_the_state(house: House) -> None:
    made = house.planned()
    assert seen(made, "shadow").ahead.way is Way.START
    assert seen(made, "canary-1").ahead.way is Way.LATER
    house.source.set("errors", 0.0)
    start(made.run_id, made.ana, Click())
    house.settle(made)
    assert seen(made).ahead.way is Way.GO
    assert seen(made, "shadow").ahead.way is Way.PASSED
    assert seen(made, "full").ahead.way is Way.LATER
    gate.no_go(made.run_id, made.ana, Click(revision=made.run.revision, reason="wait"))
    assert seen(made, "shadow").ahead.way is Way.RESUME


def test_of_a_run_that_is_over_nobody_minds_the_planes(house: House) -> None:
    made = at_gate(house)
    Run.objects.filter(pk=made.run_id).update(state="completed")
    house.plane().drift(weight(7))
    found = seen(made)
    assert found.ahead.way is Way.OVER
    assert found.moving[0].seen == weight(7)
    assert not found.moving[0].drifts
    assert found.snags == ()


def test_a_later_phase_begins_where_the_ones_before_it_end(house: House) -> None:
    made = at_gate(house)
    (web,) = seen(made, "full").moving
    assert (web.ahead.before, web.ahead.desired, web.ahead.weight) == (
        weight(50), weight(0), weight(100),
    )  # fmt: skip
    assert not web.drifts


def test_what_stands_against_the_gate_is_told_once(house: House) -> None:
    first = {**phase("shadow"), "gate": {"roles": ["dri", "database"]}}
    made = at_gate(house, phases=[first, phase("canary-1", 1)])
    assert seen(made).snags == ("Database has not signed off.",)


def test_before_the_gate_opens_it_says_so(house: House) -> None:
    made = house.started(phases=[phase("shadow", hold="10m"), phase("canary-1", 1)])
    house.visit(made)
    house.read(made)
    house.tick(made)
    assert "The gate is not open yet." in seen(made).snags


def test_what_lint_has_against_the_phase_is_told_with_it(house: House) -> None:
    made = at_gate(house, phases=[phase("shadow", 10), phase("canary-1", 1)])
    assert any(snag.startswith("Worth a thought: ") for snag in seen(made).snags)


def test_the_way_back_goes_by_rank_and_says_when_it_takes_a_name(house: House) -> None:
    routes = [{"name": "web", "rank": 1}, {"name": "flag"}, {"name": "dns", "rank": 1}]
    everywhere = {"web": 1, "flag": 1, "dns": 1}
    last = {"name": "full", "weights": everywhere, "point_of_no_return": True,
            "abort_policy": "freeze"}  # fmt: skip
    made = house.planned(
        "web", "flag", "dns", routes=routes,
        phases=[phase("shadow"), {"name": "canary-1", "weights": everywhere}, last],
    )  # fmt: skip
    back = seen(made).ahead.back
    ranks = [[route.name for route in rank.routes] for rank in back.ranks]
    assert ranks == [["flag"], ["web", "dns"]]
    assert not back.past
    assert seen(made, "full").ahead.back.past
    assert all(one.freezes for one in seen(made, "full").ahead.criteria)


def test_after_a_rollback_every_route_is_read_back(house: House) -> None:
    made = at_gate(house, "web", "flag", phases=[phase("shadow"), phase("canary-1", 1)])
    roll_back(made.run_id, made.ana, Back(reason="better safe"))
    house.tick(made)
    found = seen(made)
    assert found.ahead.way is Way.RESUME
    assert [one.ahead.name for one in found.moving] == ["web", "flag"]
    resume(made.run_id, made.ana, Click(revision=made.run.revision), "canary-1")
    assert made.run.phase == 1


# Looks, by themselves.


def test_a_plane_is_asked_once_however_many_ask() -> None:
    one, asked, released = Looks(), [], threading.Event()

    def look() -> int:
        asked.append(1)
        released.wait()
        return 7

    futures = {one.ask("web", look) for _ in range(50)}
    released.set()
    assert [future.result() for future in futures] == [7]
    assert asked == [1]
    assert one.ask("web", lambda: 8).result() == 8


def test_who_was_not_even_asked_is_told_so() -> None:
    released = threading.Event()
    one = Looks()
    hanging = [one.ask(number, released.wait) for number in range(looks.AT_ONCE)]
    late = one.ask("late", lambda: 7)
    assert "was not asked" in looks.told(late, int, 0.05).trouble
    released.set()
    assert all(future.result() for future in hanging)
    assert late.result() == 7


def test_what_went_wrong_is_a_sentence() -> None:
    def away() -> int:
        raise Transient("It is away. Look again.")

    one = Looks()
    future = one.ask("web", away)
    looks.patiently([future], 5)
    assert looks.told(future, int, 5).trouble == "It is away. Look again."
