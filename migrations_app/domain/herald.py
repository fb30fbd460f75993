"""Which events people outside the room are told of, how loudly, and in which words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from migrations_app.domain.message import Style, Tone
from migrations_app.domain.plan.schema import Topic
from migrations_app.domain.timeline import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Notice:
    """What a channel is told about one event."""

    topic: Topic
    style: Style
    tone: Tone
    headline: str
    lines: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]


_TOLD: dict[Kind, tuple[Topic, Tone]] = {
    Kind.STARTED: (Topic.PHASES, Tone.NOTICE),
    Kind.PHASE_ENTERED: (Topic.PHASES, Tone.CALM),
    Kind.SETTLED: (Topic.PHASES, Tone.CALM),
    Kind.COMPLETED: (Topic.PHASES, Tone.NOTICE),
    Kind.CALLED_OFF: (Topic.PHASES, Tone.NOTICE),
    Kind.GATE_OPENED: (Topic.GATES, Tone.NOTICE),
    Kind.SIGNED_OFF: (Topic.GATES, Tone.CALM),
    Kind.GO: (Topic.DECISIONS, Tone.NOTICE),
    Kind.ADVANCED: (Topic.DECISIONS, Tone.NOTICE),
    Kind.NO_GO: (Topic.DECISIONS, Tone.NOTICE),
    Kind.RESUMED: (Topic.DECISIONS, Tone.NOTICE),
    Kind.AMENDED: (Topic.DECISIONS, Tone.NOTICE),
    Kind.GATE_EXPIRED: (Topic.GATES, Tone.NOTICE),
    Kind.HELD: (Topic.DECISIONS, Tone.ALARM),
    Kind.FROZEN: (Topic.ROLLBACKS, Tone.ALARM),
    Kind.ROLLBACK: (Topic.ROLLBACKS, Tone.ALARM),
    Kind.RESTORED: (Topic.ROLLBACKS, Tone.NOTICE),
    Kind.SHIFT_FAILED: (Topic.ROLLBACKS, Tone.ALARM),
    Kind.WEIGHT_UNVERIFIED: (Topic.ROLLBACKS, Tone.ALARM),
    Kind.REPAIRED: (Topic.DRIFT, Tone.ALARM),
    Kind.DRIFT: (Topic.DRIFT, Tone.ALARM),
    Kind.DRIFT_GONE: (Topic.DRIFT, Tone.CALM),
    Kind.TROUBLE: (Topic.DRIFT, Tone.NOTICE),
    Kind.ALERT_BEGAN: (Topic.VERDICTS, Tone.NOTICE),
    Kind.ALERT_ENDED: (Topic.VERDICTS, Tone.CALM),
    Kind.STEP_COMPLETED: (Topic.STEPS, Tone.CALM),
    Kind.UPDATE_PUBLISHED: (Topic.UPDATES, Tone.NOTICE),
    Kind.UPDATE_OVERDUE: (Topic.UPDATES, Tone.ALARM),
    Kind.HANDOVER_OFFERED: (Topic.DECISIONS, Tone.NOTICE),
    Kind.HANDOVER_DECLINED: (Topic.DECISIONS, Tone.NOTICE),
    Kind.HANDOVER_WITHDRAWN: (Topic.DECISIONS, Tone.CALM),
    Kind.HANDED_OVER: (Topic.DECISIONS, Tone.NOTICE),
    Kind.STEP_TAKEN: (Topic.STEPS, Tone.CALM),
    Kind.STEP_RELEASED: (Topic.STEPS, Tone.CALM),
    Kind.SHEET: (Topic.ROLLBACKS, Tone.CALM),
    Kind.OFFLINE: (Topic.ROLLBACKS, Tone.ALARM),
    Kind.UNWATCHED: (Topic.DRIFT, Tone.NOTICE),
    Kind.PARITY_EQUAL: (Topic.VERDICTS, Tone.CALM),
    Kind.PARITY_DIFFERS: (Topic.VERDICTS, Tone.NOTICE),
}

_THREADED = frozenset(
    {
        Kind.SETTLED, Kind.SIGNED_OFF, Kind.STEP_COMPLETED, Kind.DRIFT_GONE,
        Kind.HANDOVER_WITHDRAWN, Kind.STEP_TAKEN, Kind.STEP_RELEASED,
        Kind.SHEET, Kind.ALERT_ENDED,
    }
)  # fmt: skip
"""Told, but below the live message, so that the channel keeps to decisions and phases."""


def notice(kind: Kind, sentence: str, actor: str, payload: Mapping[str, object]) -> Notice | None:
    """What to tell of an event; None when it stays in the room."""
    if kind is Kind.VERDICT:
        return _verdict(sentence, payload)
    if kind is Kind.NUDGED:
        return _nudge(sentence, actor, payload)
    told = _TOLD.get(kind)
    if told is None:
        return None
    topic, tone = told
    style = Style.SAMPLE if kind in _THREADED else Style.POST
    return Notice(topic, style, tone, sentence, _lines(payload), _facts(actor, payload))


def _verdict(sentence: str, payload: Mapping[str, object]) -> Notice:
    """A check that fails, or that nobody can read, is news; every other change is a sample."""
    loud = payload.get("status") in {"FAIL", "NO_DATA"} and not payload.get("observe")
    style = Style.POST if loud else Style.SAMPLE
    tone = Tone.NOTICE if loud else Tone.CALM
    return Notice(Topic.VERDICTS, style, tone, sentence, (), ())


def _nudge(sentence: str, actor: str, payload: Mapping[str, object]) -> Notice:
    """Where people listen for what is asked of them; it names them."""
    subject = str(payload.get("about", "")).partition(":")[0]
    topic = _ASKED.get(subject, Topic.DECISIONS)
    facts = (("By", actor), ("To", str(payload.get("to", ""))))
    return Notice(topic, Style.POST, Tone.NOTICE, sentence, _lines(payload), facts)


_ASKED = {"sign_off": Topic.GATES, "step": Topic.STEPS, "update": Topic.UPDATES}
_SHORT = 8


def _lines(payload: Mapping[str, object]) -> tuple[str, ...]:
    """The reason, then the evidence in short: one line a check, the bad ones first."""
    reason = payload.get("reason")
    lines = [f"Reason: {reason}"] if reason else []
    lines += [line for line in str(payload.get("body", "")).splitlines() if line.strip()]
    evidence = cast("Mapping[str, object]", payload.get("evidence") or {})
    checks = cast("list[Mapping[str, object]]", evidence.get("checks") or [])
    ordered = sorted(checks, key=lambda check: check.get("status") == "PASS")
    lines += [f"{check['status']} · {check['sentence']}" for check in ordered[:_SHORT]]
    if len(ordered) > _SHORT:
        lines.append(f"and {len(ordered) - _SHORT} more checks")
    return tuple(lines)


def _facts(actor: str, payload: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    weights = cast("Mapping[str, object]", payload.get("weights") or {})
    facts = [("By", actor)]
    facts += [(name, f"{weight} % GREEN") for name, weight in weights.items()]
    return tuple(facts)
