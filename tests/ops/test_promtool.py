"""Every alert, judged by Prometheus's own tool: it fires when it should, then only."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.ops.files import RULES, alerts

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.real("promtool"),
    pytest.mark.skipif(
        shutil.which("promtool") is None,
        reason="NOT PROVEN against the real promtool: none on PATH (apt install prometheus)",
    ),
]
PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True)
class Case:
    """`series` is ill from the fifth minute on. `after`: when the alert must fire from then on;
    `labels` and `summary` are what it then says. Before, and until its time has come: nothing."""

    series: str
    well: str
    ill: str
    after: str
    summary: str
    labels: dict[str, str]
    description: str = ""


def gauge(name: str, well: float, ill: float, after: str, summary: str, **labels: str) -> Case:
    spelled = ",".join(f'{key}="{value}"' for key, value in labels.items())
    return Case(f"{name}{{{spelled}}}", f"{well}x20", f"{ill}x40", after, summary, labels)


CASES = {
    "WarroomNotAnswering": gauge("up", 1, 0, "7m", "web:8000 gives no metrics",
                                 job="warroom", instance="web:8000"),
    "WarroomPollerSilent": Case(
        "warroom_poller_last_beat_timestamp_seconds", "0+15x20", "300+0x40", "6m15s",
        "No poller has been at work for 1m 15s", {}),
    "WarroomRunBlind": gauge("warroom_runs_blind", 0, 1, "5m15s",
                             "1 run(s) held: nobody can judge what would abort them"),
    "WarroomSourcesSilent": gauge("warroom_source_intervals_silent", 1.2, 7.5, "6m",
                                  "A source has said nothing for 7.5 of its intervals"),
    "WarroomRollbackUnverified": gauge("warroom_rollback_routes_unverified", 0, 2, "5m15s",
                                       "2 route(s) are not confirmed on BLUE"),
    "WarroomRollbackSlow": gauge("warroom_rollback_open_seconds", 60, 61, "5m15s",
                                 "A rollback has been under way for 1m 1s"),
    "WarroomLatchUnwritten": gauge("warroom_latches_unwritten", 0, 1, "6m",
                                   "1 rollback(s) were called and are not on the timeline"),
    "WarroomDrift": gauge("warroom_routes_drifting", 0, 1, "5m45s",
                          "1 route(s) are not where they were decided to be"),
    "WarroomRouteTrouble": gauge("warroom_routes_in_trouble", 0, 1, "6m",
                                 "1 route(s) can't be read or written"),
    "WarroomQueueBehind": gauge("warroom_work_overdue_seconds", 20, 21, "6m",
                                "routes have been due for 21s", what="route"),
    "WarroomMessagesUndelivered": gauge(
        "warroom_message_oldest_undelivered_seconds", 120, 121, "6m30s",
        "A message has waited 2m 1s to be delivered"),
    "WarroomLettersQueued": gauge("warroom_letter_oldest_queued_seconds", 900, 901, "5m15s",
                                  "Mail to readers has waited 15m 1s"),
    "WarroomClockSkew": gauge("warroom_clock_skew_seconds", 1.9, -3, "7m30s",
                              "The clock of a poller process is 3s off", process="poller"),
    "WarroomStreamLag": gauge("warroom_stream_scene_age_seconds", 1, 16, "6m",
                              "Rooms served by web:8000 are 16s old", instance="web:8000"),
    "WarroomErrors": Case(
        'warroom_requests_total{view="room",status="503"}', "0x20", "15+15x60", "16m",
        "The view room fails again and again", {"view": "room"},
        "1 errors a second. The log has the traceback, by request."),
}  # fmt: skip


def promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["promtool", *arguments], capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )


def judged(at: Path, tests: list[dict[str, Any]]) -> str:
    """What promtool has against these tests; empty where nothing."""
    shutil.copy(RULES, at / RULES.name)
    page = {"rule_files": [RULES.name], "evaluation_interval": "15s", "tests": tests}
    (at / "test.yml").write_text(json.dumps(page), encoding="utf-8")
    done = promtool("test", "rules", str(at / "test.yml"))
    return "" if done.returncode == 0 else done.stdout + done.stderr


def expected(name: str, case: Case) -> dict[str, Any]:
    rule = alerts()[name]
    said = rule["annotations"] | {"summary": case.summary}
    if case.description:
        said["description"] = case.description
    return {"exp_labels": rule["labels"] | case.labels, "exp_annotations": said}


def story(name: str, case: Case) -> dict[str, Any]:
    """Well for five minutes, then ill."""
    quiet = [{"eval_time": at, "alertname": name, "exp_alerts": []} for at in ("2m", "5m")]
    fired = {"eval_time": case.after, "alertname": name, "exp_alerts": [expected(name, case)]}
    values = f"{case.well} {case.ill}"
    return {
        "interval": "15s",
        "input_series": [{"series": case.series, "values": values}],
        "alert_rule_test": [*quiet, fired],
    }


def test_every_alert_is_tried() -> None:
    assert CASES.keys() == alerts().keys()


def test_it_reads_the_rules() -> None:
    done = promtool("check", "rules", str(RULES))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", CASES)
def test_it_fires_when_it_should_and_says_what(tmp_path: Path, name: str) -> None:
    assert judged(tmp_path, [story(name, CASES[name])]) == ""


@pytest.mark.parametrize("name", [name for name in CASES if alerts()[name].get("for")])
def test_a_moment_wakes_nobody(tmp_path: Path, name: str) -> None:
    """Ill for a single look, then well again."""
    case = CASES[name]
    well = case.well.replace("x20", "x80")
    first, _, rest = case.ill.partition("x")
    assert rest
    once = {"series": case.series, "values": f"{case.well} {first.partition('+')[0]} {well}"}
    looks = [{"eval_time": at, "alertname": name, "exp_alerts": []}
             for at in ("5m15s", "5m30s", "6m", "10m")]  # fmt: skip
    if name == "WarroomPollerSilent":  # a beat that was missed
        once["values"] = "0+15x20 300 300 345+15x80"
    if name == "WarroomErrors":  # a burst, then nothing
        once["values"] = "0x20 20x80"
    told = {"interval": "15s", "input_series": [once], "alert_rule_test": looks}
    assert judged(tmp_path, [told]) == ""


def test_a_calm_night_is_silent(tmp_path: Path) -> None:
    series = [{"series": case.series, "values": case.well.replace("x20", "x200")}
              for case in CASES.values()]  # fmt: skip
    looks = [{"eval_time": at, "alertname": name, "exp_alerts": []}
             for name in CASES for at in ("10m", "40m")]  # fmt: skip
    told = {"interval": "15s", "input_series": series, "alert_rule_test": looks}
    assert judged(tmp_path, [told]) == ""


def test_the_judge_would_notice(tmp_path: Path) -> None:
    """A case that can't be: who is well fires."""
    wrong = story("WarroomDrift", CASES["WarroomDrift"])
    wrong["alert_rule_test"][0]["exp_alerts"] = wrong["alert_rule_test"][2]["exp_alerts"]
    assert "FAILED" in judged(tmp_path, [wrong])


def test_nobody_to_scrape_is_an_alarm_too(tmp_path: Path) -> None:
    name = "WarroomNotAnswering"
    said = alerts()[name]["annotations"] | {"summary": "Warroom gives no metrics"}
    fired = {"exp_labels": {"severity": "page", "job": "warroom"}, "exp_annotations": said}
    look = {"eval_time": "5m", "alertname": name, "exp_alerts": [fired]}
    told = {"interval": "15s", "input_series": [], "alert_rule_test": [look]}
    assert judged(tmp_path, [told]) == ""
