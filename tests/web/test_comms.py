"""The comms desk: compose, check, approve, publish; and two people at one desk."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.models import Delivery, Event, Update
from tests.web import build
from tests.web.conftest import HTMX, screen

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tests.web.build import World
    from tests.web.conftest import Screen

pytestmark = pytest.mark.django_db

PLAN: dict[str, Any] = {
    "comms": {
        "cadence": "20m",
        "public_title": "Orders",
        "components": [{"name": "checkout", "title": "Checkout"}],
        "internal_names": ["Falcon"],
    }
}


def asks(approval: str = "dri") -> dict[str, Any]:
    return {"comms": PLAN["comms"] | {"approval": approval}}


def post(desk: Screen, name: str, **fields: Any) -> HttpResponse:
    response: Any = desk.client.post(desk.url(f"comms/{name}"), fields)
    return response  # type: ignore[no-any-return]  # the client's own subclass of it


def begun(one: World, who: str = "kim", **fields: Any) -> Update:
    words = {"audience": "public", "headline": "All is well", "body": ""} | fields
    answer = post(screen(one, who), "begin", **words)
    assert answer.status_code == HTTPStatus.SEE_OTHER, answer.content.decode()
    return Update.objects.latest("id")


def test_an_update_goes_from_the_desk_to_everybody() -> None:
    one = build.ready(**PLAN)
    draft = begun(one, headline="{share} of {title} moved", body="More by {next_update}.",
                  stage="in_progress", impact="maintenance",
                  **{"component-checkout": "maintenance"})  # fmt: skip
    assert draft.headline == "{share} of {title} moved"
    answer = post(screen(one, "kim"), "1/publish", version=1)
    assert answer.status_code == HTTPStatus.SEE_OTHER
    draft.refresh_from_db()
    assert draft.state == "published"
    assert draft.headline == "5 % of Orders moved"
    assert draft.next_at is not None
    assert f"{draft.next_at:%H:%M} UTC" in draft.body
    assert draft.event is not None
    assert draft.event.payload["components"] == {"checkout": "maintenance"}
    page = screen(one, "kim").look("comms/")
    assert "5 % of Orders moved" in page
    assert "Next update due" in page


def test_a_public_update_that_gives_something_away_is_not_published() -> None:
    one = build.ready(**PLAN)
    begun(one, body="Falcon moved db-prod-3 first")
    answer = post(screen(one, "kim"), "1/publish", version=1)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = answer.content.decode()
    assert "&quot;Falcon&quot; is a name from inside the house" in page
    assert "db-prod-3" in page
    assert Update.objects.get().state == "draft"
    without = post(screen(one, "kim"), "1/publish", version=1, accept=["Falcon", "db-prod-3"])
    assert without.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    post(screen(one, "kim"), "1/publish", version=1, accept=["Falcon", "db-prod-3"],
         reason="both are public")  # fmt: skip
    update = Update.objects.get()
    assert update.state == "published"
    assert update.leaks_accepted == "Falcon, db-prod-3"


def test_a_secret_cannot_be_let_through() -> None:
    one = build.ready(**PLAN)
    begun(one, body="token=abc123")
    answer = post(screen(one, "kim"), "1/publish", version=1, accept=["token=abc123"], reason="x")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert Update.objects.get().state == "draft"


def test_an_internal_update_may_name_names() -> None:
    one = build.ready(**PLAN)
    begun(one, audience="internal", body="Falcon: db-prod-3, ravi looks")
    assert post(screen(one, "kim"), "1/publish", version=1).status_code == HTTPStatus.SEE_OTHER


def test_a_public_template_has_no_internal_variables() -> None:
    one = build.ready(**PLAN)
    begun(one, body="{phase}")
    answer = post(screen(one, "kim"), "1/publish", version=1)
    assert "There is no {phase} for public updates" in answer.content.decode()


def test_the_dri_approves_where_the_plan_asks_for_it() -> None:
    one = build.ready(**asks())
    begun(one)
    refused = post(screen(one, "kim"), "1/publish", version=1)
    assert "The DRI has to approve it first" in refused.content.decode()
    post(screen(one, "kim"), "1/ask", version=1)
    assert Update.objects.get().state == "waiting"
    assert post(screen(one, "kim"), "1/approve", version=1).status_code == HTTPStatus.FORBIDDEN
    assert "do-approve-1" in screen(one, "ana").look("comms/")
    post(screen(one, "ana"), "1/approve", version=1)
    assert Update.objects.get().state == "approved"
    post(screen(one, "kim"), "1/publish", version=1)
    update = Update.objects.get()
    assert update.state == "published"
    assert update.approver is not None
    assert update.approver.get_username() == "ana"


def test_what_is_changed_after_the_yes_needs_another() -> None:
    one = build.ready(**asks())
    begun(one)
    post(screen(one, "ana"), "1/approve", version=1)
    answer = post(screen(one, "kim"), "1/publish", version=1, audience="public",
                  headline="All is over")  # fmt: skip
    assert "The DRI has to approve it first" in answer.content.decode()
    update = Update.objects.get()
    assert (update.state, update.version, update.headline) == ("draft", 2, "All is over")


def test_nobody_approves_a_text_they_have_not_read() -> None:
    one = build.ready(**asks())
    begun(one)
    post(screen(one, "kim"), "1/ask", version=1)
    post(screen(one, "kim"), "1/edit", version=1, audience="public", headline="Another text")
    assert post(screen(one, "ana"), "1/approve", version=1).status_code == HTTPStatus.CONFLICT
    assert Update.objects.get().state == "draft"


def test_the_dri_sends_back_with_a_reason() -> None:
    one = build.ready(**asks())
    begun(one)
    post(screen(one, "kim"), "1/ask", version=1)
    assert "Say what should change" in post(screen(one, "ana"), "1/send-back").content.decode()
    post(screen(one, "ana"), "1/send-back", reason="say since when")
    assert Update.objects.get().state == "draft"
    assert Event.objects.filter(kind="update_returned", sentence__contains="since when").exists()


def test_two_writers_never_overwrite_each_other() -> None:
    one = build.ready(**PLAN)
    begun(one)
    fields = {"version": 1, "audience": "public"}
    post(screen(one, "kim"), "1/edit", headline="kim's", **fields)
    answer = post(screen(one, "ana"), "1/edit", headline="ana's", **fields)
    assert answer.status_code == HTTPStatus.CONFLICT
    page = answer.content.decode()
    assert "Somebody changed update 1 meanwhile" in page
    assert "ana&#x27;s" in page
    assert Update.objects.get().headline == "kim's"


def test_typing_keeps_and_checks() -> None:
    one = build.ready(**PLAN)
    begun(one)
    desk = screen(one, "kim")
    fields = {"version": 1, "audience": "public", "headline": "See 10.0.0.1"}
    answer: Any = desk.client.post(desk.url("comms/1/edit"), fields, headers=HTMX)
    page = answer.content.decode()
    assert "is a network address" in page
    assert 'id="version" value="2"' in page
    assert Update.objects.get().headline == "See 10.0.0.1"


def test_the_same_click_publishes_once() -> None:
    one = build.ready(**PLAN)
    begun(one)
    for _ in range(2):
        post(screen(one, "kim"), "1/publish", version=1, key="k")
    assert Event.objects.filter(kind="update_published").count() == 1


def test_channels_that_want_updates_get_them() -> None:
    channel = {"kind": "fake", "config": {"name": "comms"}}
    environments = build.plan_data(9_000)["environments"]
    environments["rehearsal"]["channels"] = {"team": channel, "quiet": channel}
    topics = {"team": ["updates"], "quiet": ["gates"]}
    one = build.ready(**PLAN, environments=environments, channels=topics)
    begun(one, audience="internal", headline="Half time", body="One.\n\nTwo.")
    post(screen(one, "kim"), "1/publish", version=1)
    (sent,) = Delivery.objects.filter(headline__contains="Half time")
    assert (sent.channel, sent.lines) == ("team", ["One.", "Two."])


@pytest.mark.parametrize("who", ["ravi", "otto"])
def test_others_read_the_desk_and_write_nothing(who: str) -> None:
    one = build.ready(**PLAN)
    begun(one)
    assert "do-begin" not in screen(one, who).look("comms/")
    for name in ("begin", "1/edit", "1/publish", "1/drop", "1/ask", "1/approve"):
        answer = post(screen(one, who), name, version=1, audience="public", headline="x")
        assert answer.status_code == HTTPStatus.FORBIDDEN, name
    assert Update.objects.get().headline == "All is well"


def test_strangers_find_nothing() -> None:
    one = build.ready(**PLAN)
    begun(one)
    stranger = screen(one, "stranger")
    assert stranger.client.get(stranger.url("comms/")).status_code == HTTPStatus.NOT_FOUND
    for name in ("begin", "1/edit", "1/publish", "1/drop", "1/ask", "1/approve", "1/send-back"):
        assert post(stranger, name).status_code == HTTPStatus.NOT_FOUND


def test_markup_stays_text() -> None:
    one = build.ready(**PLAN)
    nasty = '"><script>alert(1)</script>{{7*7}}'
    begun(one, audience="internal", headline=nasty, body=nasty)
    desk = screen(one, "kim")
    answer: Any = desk.client.get(desk.url("comms/"), {"draft": "1", "quote": nasty})
    assert "<script>alert" not in answer.content.decode()


def test_a_quote_begins_a_draft() -> None:
    one = build.ready(**PLAN)
    desk = screen(one, "kim")
    first = Event.objects.filter(run=one.run).order_by("seq")[0]
    page: Any = desk.client.get(desk.url("comms/"), {"quote": str(first.seq)})
    assert first.sentence in page.content.decode()
