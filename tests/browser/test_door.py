"""The door in a real browser: a provider, a security key, and a policy that lets nothing slip."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import User
from playwright.sync_api import expect

from migrations_app.actions.gate import sign_off
from migrations_app.domain.actor import Click
from migrations_app.domain.plan.people import Role
from migrations_app.models import Run
from migrations_app.practice.ports import free_port
from tests.browser.conftest import Desk, calm
from tests.live.conftest import Server
from tests.web.provider import Provider, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running() as one:
        yield one


@pytest.fixture
def door(
    chromium: Browser, provider: Provider, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """A web process that knows the provider. A page that complains fails the test."""
    monkeypatch.setenv("WARROOM_OIDC_URL", provider.url)
    monkeypatch.setenv("WARROOM_OIDC_CLIENT_ID", "warroom")
    monkeypatch.setenv("WARROOM_OIDC_CLIENT_SECRET", "hush")
    monkeypatch.setenv("WARROOM_OIDC_NAME", "Acme")
    server = Server(free_port(), settings.WARROOM_REDIS_URL).start()
    desk = Desk(server, chromium)
    yield desk
    desk.close()
    server.kill()
    assert desk.complaints == []


def person(name: str, **more: Any) -> User:
    """With a password that the web process can read: tests hash theirs cheaply."""
    hasher = PBKDF2PasswordHasher()
    user, _ = User.objects.update_or_create(
        username=name, defaults={"password": hasher.encode(PASSWORD, hasher.salt())} | more
    )
    return user


def sign_in(page: Page, name: str) -> None:
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_through_the_provider_and_back(door: Desk, provider: Provider) -> None:
    provider.knows("ana@acme.example", email="ana@acme.example", email_verified=True)
    person("ana", email="ana@acme.example")
    page = door.context().new_page()
    page.goto("/account/")
    page.get_by_role("button", name="Sign in with Acme").click()
    page.wait_for_url(re.compile(re.escape(provider.url)))
    page.locator("input[name=sub]").first.fill("ana@acme.example")
    page.locator("button[type=submit]").first.click()
    page.wait_for_url("**/account/")
    door.complaints[:] = [one for one in door.complaints if "Failed to load" not in one]  # theirs
    expect(page.get_by_role("heading", name="ana")).to_be_visible()
    expect(page.get_by_text("Linked: Acme signs you in here.")).to_be_visible()


def test_a_security_key(door: Desk) -> None:
    """Added, asked for at the next sign-in, and good for a proof. All under our own policy."""
    person("ana")
    url = f"http://localhost:{door.server.port}"  # an address of numbers has no keys
    context = door.context(base_url=url)
    page = context.new_page()
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "usb", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }})  # fmt: skip
    page.goto("/account/keys/add/")
    sign_in(page, "ana")
    page.wait_for_url("**/account/keys/add/")
    page.get_by_label("What it is called").fill("Blue key")
    page.get_by_role("button", name="Touch the key").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).count() == 1
    page.goto("/account/")
    expect(page.get_by_text("Blue key").first).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/account/")
    sign_in(page, "ana")
    expect(page.get_by_role("heading", name="One step more")).to_be_visible()
    page.get_by_role("button", name="Use a security key").click()
    page.wait_for_url("**/account/")
    page.goto("/account/again/?next=/account/")
    page.get_by_role("link", name="Use a security key").click()
    page.get_by_role("button", name="Use the security key").click()
    page.wait_for_url("**/account/")


def test_an_app_is_set_up_from_its_picture_or_its_letters(door: Desk) -> None:
    person("ana")
    page = door.context().new_page()
    page.goto("/account/app/")
    sign_in(page, "ana")
    picture = page.get_by_role("img", name="The seed as a QR code")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    expect(page.locator(".seed")).to_have_text(re.compile(r"^[A-Z2-7]{32}$"))


def test_go_in_production_asks_who_it_is_and_comes_back(door: Desk) -> None:
    """With JavaScript: the whole page goes to the question, and back to the room."""
    one = calm()
    Run.objects.filter(pk=one.run_id).update(kind="production")
    sign_off(one.run_id, one.actor("ravi"), Click(revision=one.run.revision), Role.DATABASE)
    person("ana")
    one.users["ana"].refresh_from_db()
    room = door.sit(one, "ana")
    before = one.run.seq
    room.go.click()
    page = room.page
    expect(page.get_by_role("heading", name="Is it you, ana?")).to_be_visible()
    door.complaints[:] = [told for told in door.complaints if "403" not in told]
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="It's me").click()
    page.wait_for_url(f"**/runs/{one.run_id}/")
    expect(page.get_by_text("Nothing was decided yet")).to_be_visible()
    assert one.run.seq == before
    room.go.click()
    expect(page.get_by_text("Go at gate 1 by ana").first).to_be_visible()
