"""Moments and lengths of time as people write them on a command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.core.management.base import CommandError

from migrations_app.domain.duration import parse_duration


def moment(text: str, now: datetime) -> datetime:
    """`now`, `2h` (ago), or ISO 8601; UTC where it names no zone."""
    if text == "now":
        return now
    try:
        return now - parse_duration(text)
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(
            f'"{text}" is no moment. Write it like 2026-11-20T02:00, 2026-11-20T02:00+01:00, '
            "2h (ago) or now."
        ) from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def length(text: str) -> timedelta:
    """`15s`, `1m`."""
    try:
        found = parse_duration(text)
    except ValueError as error:
        raise CommandError(str(error)) from error
    if found <= timedelta(0):
        raise CommandError(f'"{text}" is no length of time. Write it like 15s.')
    return found
