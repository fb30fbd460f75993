"""Nouns: rows and their constraints. A model never reads another screen's data or acts."""

from migrations_app.models.check import Check, Pushed, Reading, SourceTick
from migrations_app.models.delivery import Beat, ChannelPost, Delivery
from migrations_app.models.event import Decision, Event, IdempotencyKey
from migrations_app.models.people import ApiToken, Membership
from migrations_app.models.plan import Migration
from migrations_app.models.route import Attempt, Flip, Route
from migrations_app.models.run import Gate, Latch, Run, SignOff, StepDone

__all__ = [
    "ApiToken",
    "Attempt",
    "Beat",
    "ChannelPost",
    "Check",
    "Decision",
    "Delivery",
    "Event",
    "Flip",
    "Gate",
    "IdempotencyKey",
    "Latch",
    "Membership",
    "Migration",
    "Pushed",
    "Reading",
    "Route",
    "Run",
    "SignOff",
    "SourceTick",
    "StepDone",
]
