"""Signing in, second factors, one's own account.

Of django-allauth's pages these are all that are open. The second names are those the library
knows its pages by.
"""

from __future__ import annotations

from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as keys
from django.contrib import admin
from django.urls import path

from migrations_app.web import account, again, login, sso
from migrations_app.web.oidc import PROVIDER
from migrations_app.web.step_up import proven

_own = [
    path("account/", account.account, name="account"),
    path("account/", account.account, name="mfa_index"),
    path("account/password/", account.password, name="password"),
    path("account/link/", sso.link, name="link"),
    path("account/again/", again.again, name="again"),
    path("account/again/", again.again, name="account_reauthenticate"),
    path("account/again/done/", again.done, name="proved"),
    path("account/again/sso/", sso.again, name="sso-again"),
    path("account/again/code/", factors.reauthenticate, name="mfa_reauthenticate"),
    path("account/again/key/", keys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("account/app/", proven(app.activate_totp), name="mfa_activate_totp"),
    path("account/app/off/", proven(app.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/codes/", proven(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "account/codes/new/", proven(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("account/keys/", account.account, name="mfa_list_webauthn"),
    path("account/keys/add/", proven(keys.add_webauthn), name="mfa_add_webauthn"),
    path("account/keys/<int:pk>/off/", proven(keys.remove_webauthn), name="mfa_remove_webauthn"),
]  # fmt: skip

urlpatterns = [
    path("login/", login.sign_in, name="login"),
    path("login/", login.sign_in, name="account_login"),
    path("login/code/", factors.authenticate, name="mfa_authenticate"),
    path("login/sso/", sso.sign_in, name="sso"),
    path("login/sso/back/", sso.back, {"provider_id": PROVIDER}, name="openid_connect_callback"),
    path("logout/", login.sign_out, name="logout"),
    path("logout/", login.sign_out, name="account_logout"),
    *_own,
]

# The admin has no door of its own.
admin.site.login = login.to_the_door  # type: ignore[assignment]  # how Django lets it be replaced
