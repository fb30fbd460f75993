"""Read a run: where it is, what happened, and all of it to keep."""

from typing import Final

from django.http import HttpResponse, StreamingHttpResponse
from ninja import Query, Router

from migrations_app.api.bodies import Wanted
from migrations_app.api.out import (
    ChannelOut,
    EntryOut,
    RoomOut,
    RunOut,
    TimelineOut,
    YouOut,
)
from migrations_app.api.scope import READ, Asked, Seat, seat_of
from migrations_app.models import Event
from migrations_app.reads.export import exported
from migrations_app.reads.room import Room, room
from migrations_app.reads.runs import RunView, runs
from migrations_app.reads.timeline import as_entry

router: Final = Router(tags=["runs"], auth=READ)

_PAST: Final = 50
_DOCUMENT: Final[dict[str, object]] = {
    "responses": {200: {"content": {"application/json": {"schema": {}}}}}
}


@router.get("/runs", response=list[RunOut], operation_id="runs")
def list_runs(request: Asked, migration: str = "") -> list[RunView]:
    """Runs of your migrations: live ones, then planned ones, then the newest that ended."""
    found = runs(request.auth.user_id, size=_PAST)
    every = [one.run for one in (*found.live, *found.planned)]
    every += [one.run for one in found.past.runs]
    return [one for one in every if migration in {"", one.slug}]


@router.get("/runs/{int:run_id}", response=RoomOut, operation_id="run")
def read_run(request: Asked, run_id: int, response: HttpResponse) -> RoomOut:
    """Everything the room shows, as of one moment. The ETag is the revision."""
    seat = seat_of(request, run_id)
    shown = room(seat.run_id)
    response["ETag"] = f'"{shown.head.revision}"'
    return _room(shown, seat, request)


@router.get("/runs/{int:run_id}/timeline", response=TimelineOut, operation_id="timeline")
def timeline(request: Asked, run_id: int, wanted: Query[Wanted]) -> TimelineOut:
    """Entries after seq `after`, oldest first, as they were hashed."""
    seat = seat_of(request, run_id)
    rows = Event.objects.filter(run_id=seat.run_id, seq__gt=wanted.after).order_by("seq")
    found = [EntryOut.model_validate(as_entry(row)) for row in rows[: wanted.limit + 1]]
    page = found[: wanted.limit]
    return TimelineOut(entries=page, next=page[-1].seq if len(found) > len(page) else None)


@router.get("/runs/{int:run_id}/export", operation_id="export", openapi_extra=_DOCUMENT)
def export(request: Asked, run_id: int) -> StreamingHttpResponse:
    """The whole timeline as one document, for `manage.py verify --file`."""
    seat = seat_of(request, run_id)
    return StreamingHttpResponse(exported(seat.run_id), content_type="application/json")


def _room(shown: Room, seat: Seat, request: Asked) -> RoomOut:
    rail = shown.rail
    return RoomOut.model_validate(
        {
            **{name: getattr(shown.head, name) for name in _HEAD},
            **{name: getattr(shown, name) for name in _ROOM},
            "phase": rail.here,
            "hold_until": rail.hold_until,
            "phases": rail.phases,
            "undelivered": [ChannelOut.model_validate(one) for one in shown.channels],
            "you": _you(seat, request),
        }
    )


def _you(seat: Seat, request: Asked) -> YouOut:
    return YouOut(
        roles=sorted(seat.seats.every),
        backs_up=sorted(seat.seats.backs_up),
        scopes=sorted(request.auth.scopes),
    )


_HEAD: Final = (
    "id", "slug", "title", "environment", "kind", "state", "why", "leg", "revision", "seq",
    "started_at", "ended_at",
)  # fmt: skip
_ROOM: Final = ("evaluation", "gate", "steps", "checks", "routes", "latch", "people", "offers")
