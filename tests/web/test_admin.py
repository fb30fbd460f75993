"""The admin: people are made and deactivated, roles given with words, handovers looked at."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client

from migrations_app.actions.take_over import take_over
from migrations_app.admin import HIDDEN, LIBRARIES, SECRET
from migrations_app.domain.plan.people import Role
from migrations_app.models import Handover, Membership
from tests.actions.test_handover import WHY, actor, backed, crewed, dri
from tests.build import room

if TYPE_CHECKING:
    from django.db.models import Model

pytestmark = pytest.mark.django_db

SEATS = "/admin/migrations_app/membership/"
USERS = "/admin/auth/user/"


def root(name: str = "root", **rights: bool) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser(name))
    User.objects.filter(username=name).update(**rights)
    return client


def add(client: Client, username: str, role: str, **fields: Any) -> str:
    migration = Membership.objects.values_list("migration", flat=True)[0]
    user = User.objects.get(username=username).pk
    body = {"migration": migration, "user": user, "role": role, **fields}
    return client.post(f"{SEATS}add/", body, follow=True).content.decode()


def change(client: Client, username: str, role: Role, **fields: Any) -> str:
    seat = Membership.objects.get(user__username=username, role=role).pk
    return client.post(f"{SEATS}{seat}/change/", fields, follow=True).content.decode()


def delete(client: Client, username: str, role: Role) -> str:
    seat = Membership.objects.get(user__username=username, role=role).pk
    path = f"{SEATS}{seat}/delete/"
    return client.post(path, {"post": "yes"}, follow=True).content.decode()


def test_a_second_dri_is_refused_once_and_in_words() -> None:
    crewed(room(), tom=(Role.DRI, True))
    client = root()
    page = add(client, "oz", "dri")
    assert "ana is the DRI of orders-db, and there is exactly one" in page
    assert "one_dri" not in page
    assert "is the DRI of orders-db" in change(client, "tom", Role.DRI)
    add(client, "oz", "dri", backup="on")
    assert dri() == ["ana"]
    assert Membership.objects.get(user__username="oz").backup


def test_the_same_role_twice_and_nothing_at_all_are_refused() -> None:
    room()
    client = root()
    assert "already exists" in add(client, "raj", "database")
    page = client.post(f"{SEATS}add/", {}).content.decode()
    assert "This field is required" in page


def test_the_dri_of_a_live_run_is_neither_taken_away_nor_made_a_backup() -> None:
    backed()
    client = root()
    assert "it can&#x27;t be without one" in change(client, "ana", Role.DRI, backup="on")
    assert "it can&#x27;t be without one" in delete(client, "ana", Role.DRI)
    assert dri() == ["ana"]
    delete(client, "raj", Role.DATABASE)
    assert not Membership.objects.filter(user__username="raj").exists()


def test_a_seat_does_not_move_to_somebody_else_by_being_edited() -> None:
    room()
    oz = User.objects.get(username="oz").pk
    seat = Membership.objects.get(user__username="raj").pk
    root().post(f"{SEATS}{seat}/change/", {"user": oz, "role": "dri", "backup": "on"})
    assert Membership.objects.get(role=Role.DATABASE).user.get_username() == "raj"
    assert not Membership.objects.filter(user=oz).exists()


def test_seats_are_not_deleted_by_the_dozen() -> None:
    backed()
    seats = list(Membership.objects.values_list("pk", flat=True))
    body = {"action": "delete_selected", "_selected_action": seats, "post": "yes"}
    root().post(SEATS, body)
    assert Membership.objects.count() == len(seats)


def test_an_administrator_makes_a_person() -> None:
    made = {"username": "kim", "password1": "correct horse b", "password2": "correct horse b"}
    root().post(f"{USERS}add/", made | {"usable_password": "true"})
    kim = User.objects.get(username="kim")
    assert kim.check_password("correct horse b")
    assert (kim.is_staff, kim.is_superuser) == (False, False)


def edited(user: User, **fields: str) -> dict[str, str]:
    """The form of a user as it is, with some fields changed."""
    joined = user.date_joined
    return {
        "username": user.username, "is_active": "on", "date_joined_0": f"{joined:%Y-%m-%d}",
        "date_joined_1": f"{joined:%H:%M:%S}", "memberships-TOTAL_FORMS": "0",
        "memberships-INITIAL_FORMS": "0",
    } | fields  # fmt: skip


def test_people_are_deactivated_and_never_deleted() -> None:
    made = backed()
    client, ana = root(), User.objects.get(username="ana")
    path = f"{USERS}{ana.pk}/"
    assert client.post(f"{path}delete/", {"post": "yes"}).status_code == HTTPStatus.FORBIDDEN
    form = edited(ana)
    del form["is_active"]
    page = client.post(f"{path}change/", form, follow=True).content.decode()
    assert f"Run {made.run_id} of orders-db is live, and nobody leads it any more" in page
    assert not User.objects.get(username="ana").is_active
    take_over(made.run_id, actor("tom"), WHY)


def test_who_may_change_people_makes_nobody_an_administrator() -> None:
    room()
    client = root("clerk", is_superuser=False)
    clerk, oz = User.objects.get(username="clerk"), User.objects.get(username="oz")
    for name in ("view_user", "change_user"):
        clerk.user_permissions.add(_permission(name))
    form = edited(oz, is_staff="on", is_superuser="on", email="oz@example.org")
    client.post(f"{USERS}{oz.pk}/change/", form)
    oz.refresh_from_db()
    assert (oz.email, oz.is_staff, oz.is_superuser) == ("oz@example.org", False, False)


def _permission(codename: str) -> Any:
    from django.contrib.auth.models import Permission

    return Permission.objects.get(codename=codename)


def test_a_persons_roles_are_on_their_page() -> None:
    room()
    raj = User.objects.get(username="raj")
    page = root().get(f"{USERS}{raj.pk}/change/").content.decode()
    assert "database of" in page


def test_handovers_are_looked_at() -> None:
    made = backed()
    take_over(made.run_id, actor("tom"), WHY)
    client, path = root(), "/admin/migrations_app/handover/"
    assert "taken" in client.get(path).content.decode()
    number = Handover.objects.get().pk
    assert client.get(f"{path}{number}/change/").status_code == HTTPStatus.OK
    for what in ("add/", f"{number}/change/", f"{number}/delete/"):
        assert client.post(f"{path}{what}", {}).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("model", [*apps.get_app_config("migrations_app").get_models()])
def test_nothing_that_is_kept_of_a_secret_is_shown(model: type[Model]) -> None:
    if model.__name__ in HIDDEN:
        assert not admin.site.is_registered(model)
        return
    shown = admin.site.get_model_admin(model)
    names = {field.name for field in model._meta.fields}
    request: Any = None
    assert set(shown.get_exclude(request) or ()) >= names & SECRET
    assert {name for name in names if "digest" in name} - SECRET <= {"live_digest"}


def test_second_factors_are_taken_off_and_never_shown() -> None:
    oz = User.objects.create_user("oz")
    factors = apps.get_model("mfa", "Authenticator").objects
    factor = factors.create(user=oz, type="totp", data={"secret": "JBSWY3DP"})
    client, path = root(), "/admin/mfa/authenticator/"
    for page in (path, f"{path}{factor.pk}/change/"):
        assert "JBSWY3DP" not in client.get(page).content.decode()
    assert client.post(f"{path}{factor.pk}/change/", {}).status_code == HTTPStatus.FORBIDDEN
    client.post(f"{path}{factor.pk}/delete/", {"post": "yes"})
    assert not factors.exists()


def test_no_page_of_a_library_shows_its_secrets() -> None:
    shown = {model._meta.label for model in apps.get_models() if admin.site.is_registered(model)}
    theirs = {name for name in shown if name.partition(".")[0] in LIBRARIES}
    assert theirs == {"mfa.Authenticator"}
