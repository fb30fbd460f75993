"""What only Argo Rollouts has: steps that are promoted one by one, and a way back that aborts."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.domain.errors import Permanent, Transient, UnknownOutcome
from tests.drivers.kube_bench import told, typed
from tests.drivers.kube_others import ARGO_ROLLOUTS, IMAGE, ROLLOUT, rollout
from tests.fakes import kubectl
from tests.fakes.kube_api import TOKEN, UNHEARD, KubeApi
from tests.fakes.kube_controllers import WHEN, Rollouts
from tests.fakes.kube_store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from migrations_app.drivers.base import Driver

    Obj = dict[str, Any]

ALL, NOTHING = Decimal(100), Decimal(0)
STEPS = (5, 25, 50, 100)


@contextmanager
def resting(
    *weights: int, change: Callable[[Obj], Obj] = lambda obj: obj, **keys: object
) -> Iterator[tuple[KubeApi, Driver]]:
    """A Rollout that rests at these weights, before the first of them."""
    with KubeApi(Store([Rollouts()])) as api:
        api.store.create(ROLLOUT, "v1alpha1", change(rollout(*(weights or STEPS))))
        keys = {"steps": list(weights or STEPS), **keys}
        yield api, ARGO_ROLLOUTS.build(**told(url=api.url, **keys))


def status(api: KubeApi) -> Obj:
    found: Obj = api.store.get(ROLLOUT)["status"]
    return found


def controller(api: KubeApi) -> Rollouts:
    [found] = api.store.controllers
    assert isinstance(found, Rollouts)
    return found


def wrong(driver: Driver) -> str:
    return " ".join(one.sentence for one in driver.check() if not one.ok)


def test_goes_up_step_by_step_and_back_at_once() -> None:
    with resting() as (api, driver):
        for number, weight in enumerate(STEPS, start=1):
            driver.apply(Decimal(weight), driver.observe().token)
            assert driver.observe().weight == weight
            assert len(api.writes) == number, "one promotion each"
        driver.apply(NOTHING, driver.observe().token)
        assert driver.observe().weight == NOTHING
        assert status(api)["abort"] is True
        assert "aborted" in driver.observe().detail


def test_several_steps_at_once_take_as_many_promotions() -> None:
    with resting() as (api, driver):
        assert driver.preview(Decimal(50))[-1] == "3 promotions in all"
        driver.apply(Decimal(50), None)
        assert driver.observe().weight == 50
        assert len(api.writes) == 3


def test_after_an_abort_it_begins_again_at_the_first_step() -> None:
    with resting() as (api, driver):
        driver.apply(Decimal(50), None)
        driver.apply(NOTHING, None)
        driver.apply(Decimal(5), None)
        assert driver.observe().weight == 5
        assert status(api)["abort"] is False


def test_it_is_not_aborted_while_it_rests_before_the_first_step() -> None:
    with resting() as (api, driver):
        driver.apply(NOTHING, None)
        assert api.writes == []


def test_going_down_is_aborting_and_nothing_else() -> None:
    with resting() as (_api, driver):
        driver.apply(Decimal(50), None)
        with pytest.raises(Permanent, match=r"is past 25 % .* Roll back first"):
            driver.apply(Decimal(25), None)
        assert driver.observe().weight == 50


def test_the_last_rest_is_never_promoted() -> None:
    """Beyond it GREEN would be the stable version, and nothing could be aborted any more."""
    with resting() as (api, driver):
        driver.apply(ALL, None)
        writes = len(api.writes)
        driver.apply(ALL, None)
        assert len(api.writes) == writes
        assert status(api)["stableRS"] == "blue"


def test_a_promotion_whose_answer_was_lost_is_not_made_twice() -> None:
    with resting() as (api, driver):
        with api.going_wrong(UNHEARD), pytest.raises(UnknownOutcome):
            driver.apply(Decimal(5), None)
        driver.apply(Decimal(5), None)
        assert driver.observe().weight == 5
        assert len(api.writes) == 1


def test_one_of_two_who_promote_at_once_is_refused_by_the_server() -> None:
    with resting() as (api, driver):
        other = ARGO_ROLLOUTS.build(**told(url=api.url, steps=list(STEPS)))
        api.meddling.append(lambda: other.apply(Decimal(5), None))
        driver.apply(Decimal(5), None)
        assert driver.observe().weight == 5


def test_a_controller_that_takes_its_time_is_waited_for() -> None:
    with resting() as (api, driver):
        controller(api).asleep = True
        promoted = threading.Thread(target=lambda: driver.apply(Decimal(25), None))
        promoted.start()
        while not api.writes:
            promoted.join(0.01)
        controller(api).asleep = False
        controller(api)(api.store, ROLLOUT)
        promoted.join()
        assert driver.observe().weight == 25


def test_a_controller_that_does_nothing_is_told_as_such() -> None:
    with resting(timeout=1) as (api, driver):
        controller(api).asleep = True
        with pytest.raises(Transient, match="is on its way"):
            driver.apply(Decimal(25), None)


@pytest.mark.parametrize(
    ("keys", "told_of"),
    [
        ({"pauseConditions": [{"reason": "InconclusiveAnalysisRun", "startTime": WHEN}]}, "Inconc"),
    ],
)
def test_what_paused_for_another_reason_is_not_promoted(keys: Obj, told_of: str) -> None:
    with resting() as (api, driver):
        api.store.settle(ROLLOUT, lambda obj: obj | {"status": obj["status"] | keys})
        with pytest.raises(Permanent, match=told_of):
            driver.apply(Decimal(5), None)


def spec(**keys: object) -> Callable[[Obj], Obj]:
    return lambda obj: obj | {"spec": obj["spec"] | keys}


def steps(*every: Obj) -> Callable[[Obj], Obj]:
    routing: Obj = {"trafficRouting": {"nginx": {}}}
    return spec(strategy={"canary": routing | {"steps": list(every)}})


@pytest.mark.parametrize(
    ("change", "told_of"),
    [
        (spec(paused=True), "paused by a person"),
        (
            spec(template={"spec": {"containers": [{"name": "shop", "image": "shop:1"}]}}),
            "set that",
        ),
        (spec(strategy={"blueGreen": {"activeService": "shop"}}), "does not split traffic"),
        (spec(strategy={"canary": {"trafficRouting": {"maxTrafficWeight": 1000}}}), "not percent"),
        (steps({"pause": {}}, {"setWeight": 5}, {"pause": {"duration": "1h"}}), "never rests at 5"),
        (steps({"setWeight": 9}, {"setWeight": 5}, {"pause": {}}), "in rising order"),
    ],
)
def test_what_can_not_be_promoted_says_why(change: Callable[[Obj], Obj], told_of: str) -> None:
    with resting(change=change) as (api, driver):
        with pytest.raises(Permanent, match=told_of):
            driver.apply(Decimal(5), None)
        assert api.writes == []


def test_once_green_is_the_stable_version_a_person_has_to_know() -> None:
    with resting() as (api, driver):
        api.store.change(ROLLOUT, _promoted_fully, status=True)
        assert driver.observe().weight == ALL
        with pytest.raises(Permanent, match="nothing left to abort"):
            driver.apply(NOTHING, None)
        assert "nothing left to abort" in wrong(driver)


def _promoted_fully(obj: Obj) -> Obj:
    return obj | {"status": obj["status"] | {"stableRS": "green", "phase": "Healthy"}}


def test_before_greens_image_is_set_blue_has_everything() -> None:
    before = {"spec": {"containers": [{"name": "shop", "image": "shop:1"}]}}

    def stable(obj: Obj) -> Obj:
        done = {"stableRS": "blue", "currentPodHash": "blue", "currentStepIndex": 9}
        return obj | {"spec": obj["spec"] | {"template": before}, "status": done}

    with resting(change=stable) as (api, driver):
        assert driver.observe().weight == NOTHING
        driver.apply(NOTHING, None)
        assert api.writes == []


def test_a_template_that_the_controller_has_not_seen_is_waited_for() -> None:
    with resting() as (api, driver):
        controller(api).asleep = True
        api.store.change(ROLLOUT, spec(replicas=3))
        for call in (driver.observe, lambda: driver.apply(Decimal(5), None)):
            with pytest.raises(Transient, match="has not seen the newest version"):
                call()


@pytest.mark.parametrize(
    ("weights", "told_of"),
    [
        ({"verified": False}, "not confirmed its weights"),
        ({"additional": [{"weight": 10}]}, "an experiment has 10 %"),
    ],
)
def test_weights_that_are_not_what_they_say_are_not_read(weights: Obj, told_of: str) -> None:
    def change(obj: Obj) -> Obj:
        obj["status"]["canary"]["weights"] |= weights
        return obj

    with resting() as (api, driver):
        api.store.settle(ROLLOUT, change)
        with pytest.raises((Transient, Permanent), match=told_of):
            driver.observe()


def test_the_doctor_finds_steps_that_would_not_wait_for_a_go() -> None:
    change = steps({"setWeight": 5}, {"pause": {}}, {"setWeight": 50})
    with resting(change=change) as (_, driver):
        said = wrong(driver)
    assert "does not begin with `pause: {}`" in said
    assert "never rests at 50 %" in said


def test_only_its_own_weights_can_be_asked_for() -> None:
    driver = ARGO_ROLLOUTS.build(**told(steps=list(STEPS)))
    assert driver.cannot(Decimal(30)) == (
        "Rollout prod/shop rests at 0, 5, 25, 50, 100 % only: it can't be asked for 30 %."
    )


def test_lines_typed_by_hand_go_up_and_back(tmp_path: Path) -> None:
    with resting() as (api, driver):
        env = kubectl.installed(tmp_path, api.url, TOKEN)
        driver.apply(Decimal(5), None)
        *lines, shown = driver.manual_commands(Decimal(50))
        assert len(lines) == 2
        for line in lines:
            typed(line, env)
        assert '"canary":{"weight":50}' in typed(shown, env)
        typed(driver.manual_commands(NOTHING)[0], env)
        again = driver.manual_commands(Decimal(5))
        assert len(again) == 3, "un-abort, promote, read back"
        for line in again:
            typed(line, env)
        assert driver.observe().weight == 5
        assert IMAGE
