"""A run's timeline in Markdown, for the document in which people look back."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async

from migrations_app.domain.markdown import inline, table
from migrations_app.domain.states import spoken
from migrations_app.reads.export import chunks, cover

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from migrations_app.reads.export import Cover
    from migrations_app.reads.timeline import EntryView, Shown

_CHECKS = ("Check", "Verdict", "Why", "Rule", "Age")
_ROUTES = ("Route", "Ought to be at GREEN", "Seen at GREEN")
_FACTS = ("What", "Value")


async def markdown(run_id: int) -> AsyncIterator[str]:
    """The document in pieces. Raises `Run.DoesNotExist` before the first."""
    front = await sync_to_async(cover)(run_id)
    yield opening(front)
    day = ""
    async for chunk in chunks(run_id, front.seq):
        for one in chunk:
            today = utc(one.entry.at)[:10]
            yield (f"## {today} (UTC)\n\n" if today != day else "") + told(one)
            day = today


def utc(at: datetime) -> str:
    """`2026-11-21 02:14:07 UTC`."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def opening(front: Cover) -> str:
    """What the document is about, and with which hash its chain ended."""
    return (
        f"# Timeline of {inline(front.title)}\n\n"
        f"Run {front.run} in {inline(front.environment)} ({front.kind}), "
        f"{spoken(front.state)} with {front.seq} entries at {utc(front.at)}.  \n"
        f"Last hash: `{front.head_hash or 'none'}`\n\n"
    )


def told(one: Shown) -> str:
    """One entry: when, what, why; then what was seen as tables; then the notes about it."""
    entry = one.entry
    pinned = " · pinned" if one.pin else ""
    parts = [
        f"**{utc(entry.at)}** · entry {entry.seq}{pinned} · {inline(entry.sentence)}\n\n",
        *_why(entry),
        *_evidence(entry),
        *(f"> {utc(note.at)} · {inline(f'{note.actor}: {note.text}')}\n\n" for note in one.notes),
    ]
    return "".join(parts)


def _why(entry: EntryView) -> list[str]:
    if not entry.reason or entry.reason in entry.sentence:
        return []
    return [f"Reason: {inline(entry.reason)}\n\n"]


def _evidence(entry: EntryView) -> list[str]:
    parts = []
    if entry.checks:
        rows = [(one.name, one.status, one.sentence, one.rule, one.aged) for one in entry.checks]
        parts.append(table(_CHECKS, rows))
    if entry.routes:
        parts.append(
            table(_ROUTES, [(one.name, one.desired, one.observed) for one in entry.routes])
        )
    if entry.facts:
        parts.append(table(_FACTS, entry.facts))
    return parts
