"""A request that is vouched for by its body."""

from __future__ import annotations

from contextlib import closing

from migrations_app.wire.deadline import Deadline
from migrations_app.wire.place import Place
from migrations_app.wire.talk import Talk
from tests.wire.desk import desk


def sign(body: bytes) -> dict[str, str]:
    return {"x-length": str(len(body))}


def test_every_request_is_signed_over_what_is_sent() -> None:
    with desk(lambda hand: hand.say(200)) as here:
        with closing(Talk(Place(url=here.url), sign=sign)) as talk:
            talk.read("/", Deadline(30))
            talk.write("PUT", "/", Deadline(30), body={"a": 1})
            talk.write("PUT", "/", Deadline(30), body=b"as it is")
        told = [(heard.headers["x-length"], len(heard.body)) for heard in here.heard]
    assert told == [("0", 0), ("8", 8), ("8", 8)]
