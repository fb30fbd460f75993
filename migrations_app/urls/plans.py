"""The plan of a run and of a migration, to be read. Below `/runs/<run_id>/`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.urls import URLPattern

of_run: list[URLPattern] = []
