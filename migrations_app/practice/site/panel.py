"""The panel below the room: what ails GREEN, and what could."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from migrations_app.practice.addresses import World

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

WORLD_VARIABLE = "WARROOM_PRACTICE_WORLD"


@dataclass(frozen=True, slots=True)
class Illness:
    """One button: what is asked of GREEN, in the words of the service's own knobs."""

    key: str
    label: str
    says: str
    knobs: dict[str, float]


ILLNESSES = (
    Illness("errors", "Errors", "30 % of GREEN's answers are 5xx", {"errors": 0.3}),
    Illness("latency", "Slow", "every answer of GREEN takes 800 ms longer", {"latency_ms": 800.0}),
    Illness("lag", "Lag", "GREEN holds BLUE's changes back for 20 s", {"lag_s": 20.0}),
    Illness("mismatch", "Wrong data", "half of GREEN's orders differ", {"mismatch": 0.5}),
    Illness("well", "Make GREEN well", "nothing ails GREEN", {}),
)


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The panel as a fragment."""
    return _panel(request, _now())


@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Make GREEN what the pressed button says; `illness` is its key."""
    wanted = next((i for i in ILLNESSES if i.key == request.POST.get("illness")), ILLNESSES[-1])
    with httpx.Client(timeout=2.0) as client:
        client.put(_url(), json=wanted.knobs, headers=_token()).raise_for_status()
    if request.headers.get("HX-Request"):
        return _panel(request, wanted.knobs)
    return redirect("runs")


def _panel(request: HttpRequest, knobs: dict[str, float]) -> HttpResponse:
    ailing = {name: value for name, value in knobs.items() if value}
    now = next((i for i in ILLNESSES if i.knobs == ailing), None)
    return render(
        request, "practice/panel.html", {"illnesses": ILLNESSES, "now": now, "ailing": ailing}
    )


def _now() -> dict[str, float]:
    with httpx.Client(timeout=2.0) as client:
        answer = client.get(_url(), headers=_token())
    found: dict[str, float] = answer.raise_for_status().json()
    return found


def _world() -> World:
    return World.read(Path(os.environ[WORLD_VARIABLE]))


def _url() -> str:
    return _world().sickness_urls["green"]


def _token() -> dict[str, str]:
    return {"X-Control-Token": _world().control_token}
