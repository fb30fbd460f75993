"""A plan is stored under its slug, and seats the people it names."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from migrations_app.actions import start
from migrations_app.actions.load import Loaded, load
from migrations_app.actions.people import grant, revoke
from migrations_app.domain.errors import Refused
from migrations_app.domain.plan.people import Role
from migrations_app.domain.plan.schema import Plan
from migrations_app.models import Membership, Migration
from migrations_app.reads.plans import plan_of
from tests.build import CLICK, plan_data, room

pytestmark = pytest.mark.django_db


def users(*names: str) -> None:
    User.objects.bulk_create(User(username=name) for name in names)


def loaded(by: str | None = None, **changes: Any) -> Loaded:
    return load(Plan.model_validate(plan_data(**changes)), by)


def seats() -> set[tuple[str, str, bool]]:
    return set(Membership.objects.values_list("role", "user__username", "backup"))


def test_the_first_of_a_role_holds_it_and_the_others_back_up() -> None:
    users("ana", "tom", "raj", "lee")
    done = loaded(roles={"dri": ["ana", "tom"], "database": ["raj"]})
    assert (done.slug, done.created, done.changed) == ("orders-db", True, True)
    assert seats() == {("dri", "ana", False), ("dri", "tom", True), ("database", "raj", False)}


def test_people_who_are_not_there_are_told_and_seated_once_they_are() -> None:
    users("ana")
    User.objects.create(username="raj", is_active=False)
    assert loaded().unknown == ((Role.DATABASE, "raj"), (Role.INFRASTRUCTURE, "lee"))
    users("lee")
    User.objects.update(is_active=True)
    again = loaded()
    assert (again.created, again.changed, again.unknown) == (False, False, ())
    assert len(seats()) == 3


def test_what_is_stored_is_the_plan() -> None:
    users("ana")
    loaded()
    stored = Migration.objects.get()
    assert Plan.model_validate(stored.plan) == Plan.model_validate(plan_data())
    before = stored.sha256
    loaded(title="Another title")
    stored.refresh_from_db()
    assert (stored.title, stored.sha256 != before) == ("Another title", True)


def test_nobody_loses_a_role_by_loading() -> None:
    users("ana", "tom")
    loaded(roles={"dri": ["ana", "tom"]})
    done = loaded(roles={"dri": ["ana"]})
    assert done.beyond == ((Role.DRI, "tom"),)
    assert ("dri", "tom", True) in seats()


def test_a_run_that_was_started_keeps_its_plan() -> None:
    made = room()
    start.start(made.run_id, made.ana, CLICK)
    loaded(title="Another title")
    assert plan_of(made.run).plan.title == "Orders database"


def test_only_a_dri_loads_in_somebodys_name() -> None:
    users("raj")
    loaded()
    users("ana")
    with pytest.raises(Refused, match="raj is not the DRI"):
        loaded(by="raj")
    loaded(by="ana")
    with pytest.raises(Refused, match="ana may load"):
        loaded(by="raj", roles={"dri": ["raj"]})
    assert loaded(by="ana", roles={"dri": ["ana", "raj"]}).changed
    assert not loaded(by="raj", roles={"dri": ["ana", "raj"]}).changed


def test_a_role_is_given_and_taken_away() -> None:
    users("ana", "zoe")
    loaded()
    assert grant("orders-db", "zoe", Role.DATABASE) is True
    assert grant("orders-db", "zoe", Role.DATABASE, backup=True) is False
    assert ("database", "zoe", True) in seats()
    revoke("orders-db", "zoe", Role.DATABASE)
    assert "zoe" not in {name for _, name, _ in seats()}


@pytest.mark.parametrize(
    ("slug", "username", "code"),
    [("orders-db", "nobody", "unknown_user"), ("orders", "ana", "unknown_migration")],
)
def test_a_role_needs_a_person_and_a_migration(slug: str, username: str, code: str) -> None:
    users("ana")
    loaded()
    with pytest.raises(Refused) as refused:
        grant(slug, username, Role.DRI)
    assert refused.value.code == code


def test_taking_away_what_nobody_holds_says_so() -> None:
    users("ana")
    loaded()
    with pytest.raises(Refused, match="ana is not comms lead"):
        revoke("orders-db", "ana", Role.COMMS_LEAD)
