"""Django's admin: people, and who holds which role. Everything else can be looked at, not touched.

What a run did is changed by verbs only, each with its event; here there is no verb.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError

from migrations_app.actions.people import led_by, require_givable, require_takable
from migrations_app.domain.errors import Refused
from migrations_app.domain.plan.people import Role
from migrations_app.models import Handover, Membership

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest

    Admin = admin.ModelAdmin[Any]
    Inline = admin.TabularInline[Any, Any]
    ModelForm = forms.ModelForm[Membership]
    Users = DjangoUserAdmin[User]
else:
    Admin, Inline, ModelForm = admin.ModelAdmin, admin.TabularInline, forms.ModelForm
    Users = DjangoUserAdmin

SECRET = frozenset({"digest", "confirm_digest"})
"""Columns that are not even looked at: they are of use to who would guess what they are of."""

HIDDEN = frozenset({"Cached"})
"""Tables in which secrets pass by."""


class SeatForm(ModelForm):
    """A role is given as everywhere else: never to a second DRI."""

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        seat = Membership(**{name: self._said(found, name) for name in _SEAT})
        if None in (seat.migration_id, seat.user_id) or not seat.role:
            return found
        try:
            require_givable(
                seat.migration, seat.user.get_username(), Role(seat.role), backup=found["backup"]
            )
        except Refused as refused:
            at = "role" if "role" in self.fields else "backup"
            raise ValidationError({at: refused.message}) from refused
        return found

    def _said(self, found: dict[str, Any], name: str) -> Any:
        """A field of the form; where it can't be edited, as it is."""
        return found[name] if name in found else getattr(self.instance, name, None)


_SEAT = ("migration", "user", "role")


@admin.register(Membership)
class MembershipAdmin(Admin):
    """Who holds which role; a change counts from the next click on. A role goes to somebody else
    by being handed over in the room, not by editing it."""

    form = SeatForm
    list_display = ("migration", "role", "user", "backup")
    list_filter = ("migration", "role")
    list_select_related = ("migration", "user")
    autocomplete_fields = ("user",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:  # noqa: ARG002 (Django's)
        return _SEAT if obj else ()

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """One at a time: each is asked about."""
        return {name: one for name, one in super().get_actions(request).items() if name != _MANY}

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        """The DRI of a live run is not taken away."""
        gone, counts, perms, protected = super().get_deleted_objects(objs, request)
        for seat in objs:
            try:
                require_takable(seat.migration, seat.user.get_username(), Role(seat.role))
            except Refused as refused:
                protected = [*protected, refused.message]
        return gone, counts, perms, protected


_MANY = "delete_selected"


class ReadOnly(Admin):
    """To look at."""

    list_display: tuple[str, ...] = ("pk", "__str__")
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 (Django's)
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 (Django's)
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 (Django's)
        return False

    def get_exclude(self, request: HttpRequest, obj: Model | None = None) -> list[str]:  # noqa: ARG002 (Django's)
        return [field.name for field in self.model._meta.fields if field.name in SECRET]


@admin.register(Handover)
class HandoverAdmin(ReadOnly):
    """Who offered which role to whom, and what became of it."""

    list_display = ("migration", "role", "giver", "taker", "offered_at", "outcome")
    list_filter = ("migration", "role", "outcome")
    list_select_related = ("migration", "giver", "taker")
    ordering = ("-pk",)


class SeatsOfUser(Inline):
    """A person's roles. They are given on a page of their own."""

    model = Membership
    fields = ("migration", "role", "backup")
    extra = 0
    can_delete = False
    verbose_name_plural = "roles"

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 (Django's)
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 (Django's)
        return False


class PersonAdmin(Users):
    """People are deactivated, never deleted: what they did refers to them."""

    list_display = ("username", "first_name", "last_name", "email", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff", "is_superuser")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Access", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:  # noqa: ARG002 (Django's)
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:  # noqa: ARG002 (Django's)
        """Who is no administrator of everything makes nobody one."""
        dates = ("last_login", "date_joined")
        return dates if request.user.is_superuser else (*dates, "is_staff", "is_superuser")

    def get_inlines(self, request: HttpRequest, obj: User | None) -> list[Any]:  # noqa: ARG002 (Django's)
        return [SeatsOfUser] if obj else []

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's)
        super().save_model(request, obj, form, change)
        for run in [] if obj.is_active else led_by(obj.pk):
            told = f"Run {run.pk} of {run.migration.slug} is live, and nobody leads it any more."
            messages.warning(request, f"{told} Who backs up the DRI has to take over now.")


class FactorAdmin(ReadOnly):
    """Second factors, without what is in them. Who lost theirs has it taken off here."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)

    def get_exclude(self, request: HttpRequest, obj: Model | None = None) -> list[str]:  # noqa: ARG002 (Django's)
        return ["data"]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 (Django's)
        return bool(request.user.is_superuser)


LIBRARIES = frozenset({"account", "mfa", "socialaccount"})
"""Applications whose own pages here would show secrets, and let them be edited."""

admin.site.unregister([User, Group])
for _model in apps.get_models():
    if _model._meta.app_label in LIBRARIES and admin.site.is_registered(_model):
        admin.site.unregister(_model)
    if _model._meta.label == "mfa.Authenticator":
        admin.site.register(_model, FactorAdmin)
admin.site.register(User, PersonAdmin)
for _model in apps.get_app_config("migrations_app").get_models():
    if not admin.site.is_registered(_model) and _model.__name__ not in HIDDEN:
        admin.site.register(_model, ReadOnly)
