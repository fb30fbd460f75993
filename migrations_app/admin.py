"""Django's admin: people and who holds which role. Everything else can be looked at, not touched.

What a run did is changed by verbs only, each with its event; here there is no verb.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib import admin

from migrations_app.models import ApiToken, Membership

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest

    Admin = admin.ModelAdmin[Any]
else:
    Admin = admin.ModelAdmin


@admin.register(Membership)
class MembershipAdmin(Admin):
    """Who holds which role; a change counts from the next click on."""

    list_display = ("migration", "role", "user", "backup")
    list_filter = ("migration", "role")
    autocomplete_fields = ("user",)


class ReadOnlyAdmin(Admin):
    """To look at."""

    list_display = ("pk", "__str__")
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 (Django's)
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 (Django's)
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 (Django's)
        return False


class ApiTokenAdmin(ReadOnlyAdmin):
    """Not even the digest of a token is shown."""

    exclude = ("digest",)


for _model in apps.get_app_config("migrations_app").get_models():
    if _model is not Membership:
        admin.site.register(_model, ApiTokenAdmin if _model is ApiToken else ReadOnlyAdmin)
