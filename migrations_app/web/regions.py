"""Render what everyone in a room sees alike, region by region: for the page and for the stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from migrations_app.live.scene import Scene
from migrations_app.reads.room import room
from migrations_app.reads.room.story import story
from migrations_app.web.mine import key

if TYPE_CHECKING:
    from migrations_app.reads.room import Room

REGIONS = (
    "banner", "say", "alarm", "gate", "routes", "people", "timeline", "foot", "evidence",
)  # fmt: skip
"""What the room shows."""

STORY = ("story", "updates")
"""What only the page of those who watch shows."""


def scene_of(shown: Room) -> Scene:
    """The scene of a room: its regions in HTML. `turn` is a key, not a picture."""
    context = {"room": shown, "story": story(shown)}
    regions = {name: _drawn(name, context) for name in (*REGIONS, *STORY)}
    return Scene(shown.at, shown.head.seq, regions | {"turn": key(shown)})


def _drawn(name: str, context: dict[str, object]) -> SafeString:
    """One region. Where it has nothing to say it is empty, without so much as a space."""
    return SafeString(render_to_string(f"warroom/regions/{name}.html", context).strip())


def of_room(scene: Scene) -> dict[str, str]:
    """The regions of a scene that have a place in the room."""
    return {name: html for name, html in scene.regions.items() if name not in STORY}


def scene(run_id: int) -> Scene:
    """The scene of a run as the database has it now."""
    return scene_of(room(run_id))
