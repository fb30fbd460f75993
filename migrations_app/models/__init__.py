"""Nouns: rows and their constraints. A model never reads another screen's data or acts."""

from migrations_app.models.alert import Alert, AlertSender, AlertTold
from migrations_app.models.check import Check, Pushed, Reading, SourceTick
from migrations_app.models.delivery import Beat, ChannelPost, Delivery
from migrations_app.models.door import Cached, Knocks
from migrations_app.models.event import Decision, Event, IdempotencyKey, Pin
from migrations_app.models.parity import Parity, ParityDifference, ParityPass, ParityTable
from migrations_app.models.people import ApiToken, Handover, Membership, Nudge, Presence
from migrations_app.models.plan import Migration, Runbook
from migrations_app.models.route import Attempt, Flip, Route
from migrations_app.models.run import Gate, Latch, Run, SignOff, StepDone, StepNote, StepTaken
from migrations_app.models.slack import Inbound, SlackAccount, SlackQuote
from migrations_app.models.status import Letter, StatusLink, StatusPage, Subscriber
from migrations_app.models.update import Update

__all__ = [
    "Alert",
    "AlertSender",
    "AlertTold",
    "ApiToken",
    "Attempt",
    "Beat",
    "Cached",
    "ChannelPost",
    "Check",
    "Decision",
    "Delivery",
    "Event",
    "Flip",
    "Gate",
    "Handover",
    "IdempotencyKey",
    "Inbound",
    "Knocks",
    "Latch",
    "Letter",
    "Membership",
    "Migration",
    "Nudge",
    "Parity",
    "ParityDifference",
    "ParityPass",
    "ParityTable",
    "Pin",
    "Presence",
    "Pushed",
    "Reading",
    "Route",
    "Run",
    "Runbook",
    "SignOff",
    "SlackAccount",
    "SlackQuote",
    "SourceTick",
    "StatusLink",
    "StatusPage",
    "StepDone",
    "StepNote",
    "StepTaken",
    "Subscriber",
    "Update",
]
