"""`manage.py backtest` on a real Prometheus that remembers a bad ten minutes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.build import gate, phase, plan_data
from tests.commands.run import manage
from tests.real_prometheus import NEEDED, Setup, prometheus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.real_prometheus import RealPrometheus

pytestmark = [*NEEDED, pytest.mark.django_db]

T0: Final = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
SECOND: Final = timedelta(seconds=1)


def past() -> str:
    """An hour of two services, scraped every 5 s, at 20 requests a second; GREEN answers 4 % of
    them with errors from 02:20 to 02:30, and is not scraped from 02:45 to 02:52."""
    lines, errors = [], {"blue": 0.0, "green": 0.0}
    for n in range(0, 3600, 5):
        for side in ("blue", "green"):
            sick = side == "green" and 1200 <= n < 1800
            errors[side] += 4.0 if sick else 0.05
            if side == "green" and 2700 <= n < 3120:
                continue
            at = (T0 + n * SECOND).timestamp()
            lines.append(f'requests_total{{side="{side}"}} {20 * n} {at}')
            lines.append(f'errors_total{{side="{side}"}} {errors[side]:.2f} {at}')
    ordered = sorted(lines, key=lambda line: line.split("{")[0])
    return "\n".join([*ordered, "# EOF\n"])


@pytest.fixture(scope="module")
def real() -> Iterator[RealPrometheus]:
    with prometheus(Setup(past=past())) as found:
        yield found


def ratio(side: str) -> str:
    rates = [f'rate({name}_total{{side="{side}"}}[${{window}}])' for name in ("errors", "requests")]
    return f"sum({rates[0]}) / sum({rates[1]})"


def book(directory: Path, url: str, **config: Any) -> Path:
    first = plan_data()["checks"][0]
    errors = {
        **first, "query": ratio("green"), "blue_query": ratio("blue"), "unit": "ratio",
        "fail_when": "> 1 %", "window": "1m", "hold": "30s",
        "samples_query": 'sum(increase(requests_total{side="green"}[${window}]))',
        "min_samples": 100,
    }  # fmt: skip
    burn = {
        **first, "name": "burn", "query": ratio("green"), "unit": "x", "fail_when": "> 14 x",
        "window": "1m", "burn": {"slo": "99.9 %", "long": "5m", "short": "1m"},
    }  # fmt: skip
    data = plan_data(
        checks=[errors, burn], abort=[{"check": "errors"}, {"check": "burn"}],
        rollback={"expected": "40s"},
        phases=[phase("half", 50) | {"gate": gate("dri", checks=["errors"])}],
    )  # fmt: skip
    data["environments"]["rehearsal"]["sources"]["metrics"] = {
        "kind": "prometheus", "config": {"url": url, "lookback": "30s", **config}, "interval": "5s",
    }  # fmt: skip
    file = directory / "book.yaml"
    file.write_text(json.dumps(data))
    return file


def asked(file: Path, start: str = "2026-03-01T02:00", *words: object) -> Any:
    window = ("--environment", "rehearsal", "--from", start, "--to", "2026-03-01T03:00")
    return manage("backtest", file, *window, *words)


def test_it_finds_the_bad_ten_minutes_and_the_silence(real: RealPrometheus, tmp_path: Path) -> None:
    said = asked(book(tmp_path, real.url), "2026-03-01T02:05", "--html", tmp_path / "page.html")
    assert said.failed == ""
    [acts] = [line for line in said.lines if line.startswith("✘ errors")]
    since = datetime.strptime(acts.partition("bad since ")[2][:8], "%H:%M:%S").replace(tzinfo=UTC)
    first = since.replace(year=T0.year, month=T0.month, day=T0.day)
    assert T0 + 1200 * SECOND < first < T0 + 1230 * SECOND, "1 % of the last minute, soon after"
    assert "30 s until it fails" in said.out
    assert "✘ burn: would have acted at 02:2" in said.out
    row = next(line for line in said.lines if line.startswith("errors") and "abort" in line)
    assert " 7 m" in row or " 6 m" in row, "the silence is NO DATA, and longer than the window"
    page = (tmp_path / "page.html").read_text()
    assert 'class="line green"' in page
    assert 'class="line blue"' in page
    assert 'class="no-data"' in page


def test_every_bad_reading_is_one_that_prometheus_itself_gives(
    real: RealPrometheus, tmp_path: Path
) -> None:
    """The moment it would have acted, asked by somebody who shares no code with the source."""
    acts = next(
        line for line in asked(book(tmp_path, real.url), "2026-03-01T02:05").lines
        if line.startswith("✘ errors")
    )  # fmt: skip
    since = f"2026-03-01T{acts.partition('bad since ')[2][:8]}Z"
    query = ratio("green").replace("${window}", "1m")
    values = [_one(real, query, at) for at in (since, _earlier(since))]
    assert values[0] > 0.01 >= values[1]


def _one(real: RealPrometheus, query: str, at: str) -> float:
    answer: Any = real.ask("query", query=query, time=at)
    return float(answer["data"]["result"][0]["value"][1])


def _earlier(at: str) -> str:
    return (datetime.fromisoformat(at) - 5 * SECOND).isoformat()


def test_a_range_it_does_not_keep_is_an_error(real: RealPrometheus, tmp_path: Path) -> None:
    window = ("--from", "2025-06-01T00:00", "--to", "2025-06-01T01:00")
    said = manage("backtest", book(tmp_path, real.url), "--environment", "rehearsal", *window)
    assert "it keeps nothing that old" in said.failed


def test_one_that_is_away_is_told_at_its_checks(tmp_path: Path) -> None:
    said = asked(book(tmp_path, "http://127.0.0.1:1"))
    assert "! errors: can't be backtested: metrics could not tell: " in said.out


def test_a_day_is_asked_in_parts(real: RealPrometheus, tmp_path: Path) -> None:
    said = asked(book(tmp_path, real.url), "2026-02-28T03:00")
    assert said.failed == ""
    assert "✘ errors: would have acted at 03-01 02:20" in said.out
