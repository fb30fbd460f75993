"""Run a coroutine that reads the database, and leave no connection behind in its thread."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from asgiref.sync import sync_to_async
from django.db import connections

from migrations_app.reads.export import exported

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")


def run(coroutine: Coroutine[None, None, T]) -> T:
    """What it returns."""
    return asyncio.run(_closing(coroutine))


async def _closing(coroutine: Coroutine[None, None, T]) -> T:
    try:
        return await coroutine
    finally:
        await sync_to_async(connections.close_all)()


def export_of(run_id: int) -> str:
    """A run's whole export."""
    return run(_joined(run_id))


async def _joined(run_id: int) -> str:
    return "".join([piece async for piece in exported(run_id)])
