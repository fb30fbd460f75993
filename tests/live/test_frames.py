"""Server-sent events as a browser parses them: whatever goes in comes out."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from migrations_app.live import frames
from migrations_app.live.scene import Scene
from tests.live.build import NOW

html = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
regions = st.dictionaries(st.sampled_from("abcdef"), html, min_size=1)


def parsed(stream: bytes) -> tuple[list[tuple[str, str]], str]:
    """The events and the last id, by the rules of the specification."""
    events, last_id = [], ""
    for block in stream.decode().split("\n\n")[:-1]:
        lines = [line.split(": ", 1) for line in block.split("\n") if not line.startswith(":")]
        fields = dict(lines)
        last_id = fields.get("id", last_id)
        data = "\n".join(value for name, value in lines if name == "data")
        if "event" in fields:
            events.append((fields["event"], data))
    return events, last_id


def newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(regions)
def test_every_region_arrives_as_it_was_drawn(drawn: dict[str, str]) -> None:
    scene = Scene(NOW, 3, drawn)
    events, last_id = parsed(scene.full)
    assert dict(events) == {name: newlines(text) for name, text in drawn.items()}
    assert last_id == scene.id


@given(regions, regions)
def test_before_and_the_difference_make_after(
    before: dict[str, str], after: dict[str, str]
) -> None:
    """Regions do not come and go, so a viewer of `before` is brought to `after` exactly."""
    old, new = Scene(NOW, 1, before), Scene(NOW, 2, before | after)
    events, last_id = parsed(new.since(old))
    shown = {name: newlines(text) for name, text in before.items()} | dict(events)
    assert {name: shown[name] for name in new.regions} == {
        name: newlines(text) for name, text in new.regions.items()
    }
    assert last_id == new.id


@given(regions)
def test_nothing_is_sent_when_nothing_changed(drawn: dict[str, str]) -> None:
    assert Scene(NOW, 1, drawn).since(Scene(NOW, 1, drawn)) == b""


@given(regions, regions)
def test_scenes_with_one_id_look_the_same(one: dict[str, str], other: dict[str, str]) -> None:
    same = Scene(NOW, 1, one).id == Scene(NOW, 1, other).id
    assert same == (one == other)


def test_a_beat_carries_the_servers_clock() -> None:
    events, _ = parsed(frames.beat(NOW, NOW))
    assert json.loads(dict(events)["beat"])["now"] == "2026-11-07T00:14:07+00:00"


def test_everyone_comes_back_at_a_time_of_their_own() -> None:
    assert len({frames.hello() for _ in range(50)}) > 1


@given(st.text(max_size=20))
def test_a_scene_id_from_a_stranger_is_harmless(other: str) -> None:
    assert Scene(NOW, 5, {}).is_older_than(other) in {True, False}
    assert Scene(NOW, 5, {}).is_older_than("6-x")
    assert not Scene(NOW, 5, {}).is_older_than("5-x")
