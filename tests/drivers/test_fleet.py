"""A driver over several processes: two NGINX Pluses that answer as documented."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from migrations_app.domain.errors import Permanent, Transient, UnknownOutcome
from migrations_app.drivers.nginx.config import NginxConfig
from migrations_app.drivers.nginx.plus.config import PlusConfig
from migrations_app.drivers.nginx.plus.driver import PlusDriver
from tests.drivers.made import all_closed, kept
from tests.fakes.nginx_plus import NginxPlus, nginx_plus

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["all_closed"]
ALL, HALF, NOTHING = Decimal(100), Decimal(50), Decimal(0)
BLUE, GREEN = "10.0.0.1:8080", "10.0.0.2:8080"
NOBODY = "http://127.0.0.1:1/api"
KEYS = {"upstream": "app", "blue": BLUE, "green": GREEN, "timeout": 20}


def at(url: str, *others: str) -> PlusDriver:
    return kept(PlusDriver(PlusConfig.model_validate({"url": url, "others": others, **KEYS})))


@pytest.fixture
def pair() -> Iterator[tuple[NginxPlus, NginxPlus]]:
    with nginx_plus() as one, nginx_plus() as other:
        yield one, other


def test_all_are_set_and_agree(pair: tuple[NginxPlus, NginxPlus]) -> None:
    driver = at(pair[0].url, pair[1].url)
    driver.apply(HALF, None)
    seen = driver.observe()
    assert (seen.weight, seen.token) == (HALF, None)
    assert [one.of(GREEN).state for one in pair] == ["up", "up"]


def test_where_they_disagree_the_weight_equals_none_asked_for(
    pair: tuple[NginxPlus, NginxPlus],
) -> None:
    at(pair[0].url).apply(HALF, None)
    seen = at(pair[0].url, pair[1].url).observe()
    assert seen.weight == Decimal("25.01")
    assert "nodes disagree" in seen.detail
    assert all(one.url.split("/")[2] in seen.detail for one in pair)


def test_what_is_left_behind_is_added_up(pair: tuple[NginxPlus, NginxPlus]) -> None:
    for number, one in enumerate(pair, start=3):
        one.of(GREEN).active = number
    assert at(pair[0].url, pair[1].url).observe().in_flight == 7
    at(pair[0].url).apply(HALF, None)
    assert at(pair[0].url, pair[1].url).observe().in_flight is None


def test_one_that_is_away_makes_a_flip_unknown_and_the_others_are_set(
    pair: tuple[NginxPlus, NginxPlus],
) -> None:
    driver = at(NOBODY, pair[1].url)
    with pytest.raises(UnknownOutcome, match="The others answered"):
        driver.apply(HALF, None)
    assert pair[1].of(GREEN).state == "up"
    with pytest.raises(Transient):
        driver.observe()
    assert any("now unknown" in line or "can't be read" in line for line in driver.preview(HALF))


def test_where_all_refuse_nothing_has_happened(pair: tuple[NginxPlus, NginxPlus]) -> None:
    for one in pair:
        one.writable = False
    with pytest.raises(Permanent, match="method disabled"):
        at(pair[0].url, pair[1].url).apply(HALF, None)


def test_a_doctor_looks_at_each_and_says_at_which(pair: tuple[NginxPlus, NginxPlus]) -> None:
    pair[1].of(BLUE).ill = "unhealthy"
    wrong = [one for one in at(pair[0].url, pair[1].url).check() if not one.ok]
    assert len(wrong) == 1
    assert wrong[0].what.endswith(f"on NGINX Plus at {pair[1].url.split('/')[2]}")
    away = [one for one in at(pair[0].url, NOBODY).check() if not one.ok]
    assert ["127.0.0.1:1" in one.what for one in away] == [True]


def test_the_sheet_sets_all_before_it_reads_any(pair: tuple[NginxPlus, NginxPlus]) -> None:
    lines = at(pair[0].url, pair[1].url).manual_commands(NOTHING)
    assert ["PATCH" in line for line in lines] == [True] * 4 + [False] * 2


def test_nobody_is_named_twice() -> None:
    with pytest.raises(ValidationError, match="name one address twice"):
        at(NOBODY, NOBODY)


def test_a_file_has_no_others() -> None:
    keys = {
        "url": NOBODY, "others": ["http://127.0.0.1:2"], "way": "split_clients",
        "include": "/etc/nginx/app.conf", "blue": "blue", "green": "green",
    }  # fmt: skip
    with pytest.raises(ValidationError, match="need way: njs"):
        NginxConfig.model_validate(keys)
