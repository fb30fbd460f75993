"""Who plays the night looks again where the room has just moved on, as anybody would."""

from __future__ import annotations

import json

import httpx
import pytest

from migrations_app.practice.demo.checklist import NightFailed
from migrations_app.practice.demo.person import LOOKS, Person


def person(stale: int) -> tuple[Person, list[int]]:
    """A server whose room moves on `stale` times between a look and a verb, and what was said."""
    said: list[int] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json={"revision": len(said) + 1})
        said.append(json.loads(request.content)["revision"])
        moved_on = len(said) <= stale
        return httpx.Response(409 if moved_on else 200, json={"code": "stale"})

    transport = httpx.MockTransport(answer)
    return Person("raj", httpx.Client(transport=transport, base_url="http://night")), said


def test_a_verb_on_an_old_screen_is_said_again_on_a_fresh_one() -> None:
    raj, said = person(stale=2)
    raj.say(1, "sign-off", role="database")
    assert said == [1, 2, 3]


def test_a_room_that_never_stands_still_ends_the_night() -> None:
    raj, said = person(stale=99)
    with pytest.raises(NightFailed, match="answered"):
        raj.say(1, "sign-off", role="database")
    assert len(said) == LOOKS
