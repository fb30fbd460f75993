"""The room: everything its screen shows, of one moment, in a constant number of queries."""

from migrations_app.reads.room.page import Room, room

__all__ = ["Room", "room"]
