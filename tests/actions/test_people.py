"""Roles given and taken away by hand: never two DRIs, and never none while a run is live."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from migrations_app.actions.load import load
from migrations_app.actions.people import grant, revoke
from migrations_app.actions.take_over import take_over
from migrations_app.domain.errors import Refused
from migrations_app.domain.plan.people import Role
from migrations_app.domain.plan.schema import Plan
from migrations_app.models import Membership
from tests.actions.test_handover import WHY, actor, backed, crewed, dri
from tests.build import plan_data, room

pytestmark = pytest.mark.django_db

SLUG = "orders-db"


def seats(role: Role) -> dict[str, bool]:
    """Who has a role, and whether they back it up."""
    return dict(Membership.objects.filter(role=role).values_list("user__username", "backup"))


def test_a_second_dri_is_refused_in_words() -> None:
    room()
    with pytest.raises(Refused, match=r"ana is the DRI of orders-db, .+ Make oz a backup") as said:
        grant(SLUG, "oz", Role.DRI)
    assert said.value.code == "second_dri"
    assert grant(SLUG, "oz", Role.DRI, backup=True)
    assert dri() == ["ana"]


def test_while_a_run_is_live_the_dri_is_neither_taken_away_nor_made_a_backup() -> None:
    backed()
    for verb in (
        lambda: revoke(SLUG, "ana", Role.DRI),
        lambda: grant(SLUG, "ana", Role.DRI, backup=True),
    ):
        with pytest.raises(Refused, match=r"ana is the DRI .+ run \d+ is live"):
            verb()
    revoke(SLUG, "tom", Role.DRI)
    revoke(SLUG, "raj", Role.DATABASE)
    assert dri() == ["ana"]


def test_while_nothing_is_live_one_is_taken_away_and_another_given() -> None:
    room()
    revoke(SLUG, "ana", Role.DRI)
    grant(SLUG, "oz", Role.DRI)
    assert dri() == ["oz"]


def test_loading_a_plan_with_another_dri_first_moves_the_role_before_a_run_is_live() -> None:
    crewed(room(), tom=(Role.DRI, True))
    done = load(Plan.model_validate(plan_data(roles={"dri": ["tom", "ana"]})))
    assert seats(Role.DRI) == {"tom": False, "ana": True}
    assert done.kept == ()


def test_who_was_made_dri_by_hand_backs_up_the_one_whom_the_plan_names() -> None:
    room()
    revoke(SLUG, "ana", Role.DRI)
    grant(SLUG, "oz", Role.DRI)
    done = load(Plan.model_validate(plan_data()))
    assert seats(Role.DRI) == {"ana": False, "oz": True}
    assert (Role.DRI, "oz") in done.beyond


def test_loading_undoes_no_handover_of_a_live_run() -> None:
    made = backed()
    take_over(made.run_id, actor("tom"), WHY)
    User.objects.create_user("tim")
    done = load(Plan.model_validate(plan_data(roles={"dri": ["ana", "tom", "tim"]})))
    assert seats(Role.DRI) == {"ana": True, "tom": False, "tim": True}
    assert done.kept == ((Role.DRI, "tom"),)
    again = load(Plan.model_validate(plan_data(roles={"dri": ["tom", "ana"]})))
    assert again.kept == ()
    assert dri() == ["tom"]
