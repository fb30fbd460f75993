"""Online schema changes: gh-ost's status lines, pt-online-schema-change's progress.

Source: gh-ost, "Understanding output"; Percona Toolkit, "pt-online-schema-change". Their log is
read from its end: the newest line is how things stand.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from migrations_app.domain.duration import parse_duration
from migrations_app.domain.evidence.reading import text_of
from migrations_app.domain.evidence.report import Report, Unreadable, count, flag, percent, seconds

if TYPE_CHECKING:
    from migrations_app.domain.evidence.report import Measure

_STATUS: Final = re.compile(
    r"^Copy: (?P<copied>\d+)/(?P<rows>\d+) (?P<done>\d+(?:\.\d+)?)%; Applied: (?P<applied>\d+); "
    r"Backlog: (?P<backlog>\d+)/(?P<room>\d+);.*?"
    r"(?:Lag: (?P<lag>[\d.]+)s, )?(?:HeartbeatLag: (?P<heartbeat>[\d.]+)s, )?"
    r"State: (?P<state>[^;]+); ETA: (?P<eta>\S+)\s*$",
    re.MULTILINE,
)
_COPYING: Final = re.compile(
    r"^Copying `[^`]+`\.`[^`]+`:\s+(?P<done>\d{1,3})% (?P<left>(?:\d+\+)?[\d:]+) remain\s*$",
    re.MULTILINE,
)
_ALTERED: Final = re.compile(r"^Successfully altered `[^`]+`\.`[^`]+`\.\s*$", re.MULTILINE)
_NOT_ALTERED: Final = re.compile(r"^`[^`]+`\.`[^`]+` was not altered\.\s*$", re.MULTILINE)


def ghost(body: bytes) -> Report:
    """`progress`, `backlog`, `applied`, `lag`, `heartbeat_lag`, `eta` and `throttled`."""
    found = list(_STATUS.finditer(text_of(body)))
    if not found:
        raise Unreadable("There is no status line of gh-ost's in this, such as `Copy: …; ETA: …`.")
    last = found[-1]
    lags = {"lag": last["lag"], "heartbeat_lag": last["heartbeat"]}
    measures = {
        "progress": percent(float(last["done"])),
        "applied": count(int(last["applied"])),
        "backlog": count(int(last["backlog"])),
        "throttled": flag(last["state"].startswith("throttled")),
        **{name: seconds(float(lag)) for name, lag in lags.items() if lag is not None},
        **_eta(last["eta"]),
    }
    return Report(measures)


def _eta(text: str) -> dict[str, Measure]:
    """`N/A` says nothing; `due` is now."""
    if text == "due":
        return {"eta": seconds(0)}
    try:
        return {"eta": seconds(parse_duration(text).total_seconds())}
    except ValueError:
        return {}


def ptosc(body: bytes) -> Report:
    """`progress`, `remaining`, `altered` and `failed`."""
    text = text_of(body)
    copying = list(_COPYING.finditer(text))
    altered, failed = _ALTERED.search(text), _NOT_ALTERED.search(text)
    if not (copying or altered or failed):
        raise Unreadable("There is no progress of pt-online-schema-change in this.")
    done = 100.0 if altered else float(copying[-1]["done"]) if copying else 0.0
    measures = {"progress": percent(done), "altered": flag(altered), "failed": flag(failed)}
    if copying and not altered:
        measures["remaining"] = seconds(_clock(copying[-1]["left"]))
    return Report(measures, samples=None)


def _clock(text: str) -> float:
    """`[days+][[hours:]minutes:]seconds`."""
    days, _, clock = text.rpartition("+")
    total = 0.0
    for part in clock.split(":"):
        total = total * 60 + float(part or 0)
    return total + 86_400 * float(days or 0)
