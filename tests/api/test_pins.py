"""Pins and notes about entries over HTTP."""

from __future__ import annotations

import pytest

from migrations_app.models import Event, Pin
from tests.api.caller import caller
from tests.build import at_gate

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("poked")]


def test_pin_unpin_and_annotate() -> None:
    made = at_gate()
    raj, entry = caller("raj"), f"/runs/{made.run_id}/timeline/2"
    pinned = raj.post(f"{entry}/pin", {"reason": "for the retro"}, Idempotency_Key="k")
    assert pinned.status_code == 200
    assert raj.post(f"{entry}/pin", {"reason": "for the retro"}, Idempotency_Key="k").json() == {
        **pinned.json(), "replayed": True,
    }  # fmt: skip
    assert Pin.objects.get().event.seq == 2
    assert raj.post(f"{entry}/unpin").status_code == 200
    assert not Pin.objects.exists()
    noted = raj.post(f"/runs/{made.run_id}/notes", {"text": "the vacuum", "about": 2})
    assert Event.objects.get(run=made.run_id, seq=noted.json()["seq"]).payload["about"] == 2


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("timeline/99999/pin", {}, 404, "unknown_entry"),
        ("timeline/99999999999999999999/unpin", {}, 404, "unknown_entry"),
        ("timeline/1/unpin", {}, 422, "not_pinned"),
        ("notes", {"text": "hm", "about": 99999}, 404, "unknown_entry"),
        ("notes", {"text": "hm", "about": 0}, 422, "invalid"),
        ("notes", {"text": "hm", "about": "1"}, 422, "invalid"),
    ],
)
def test_what_is_not_there(path: str, body: object, status: int, code: str) -> None:
    made = at_gate()
    answer = caller("raj").post(f"/runs/{made.run_id}/{path}", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
