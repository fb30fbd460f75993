"""What can be wrong with a Traefik, its file and the road there; what the doctor says of it."""

from __future__ import annotations

import re
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from migrations_app.domain.errors import Conflict, Permanent, Transient, UnknownOutcome
from migrations_app.drivers.traefik.config import TraefikConfig
from tests.drivers.build import SOON
from tests.drivers.made import all_closed, kept
from tests.drivers.relay import refusing, relay
from tests.drivers.test_envoy_check import complaints, praise
from tests.drivers.test_traefik import TraefikBench, through
from tests.drivers.until import until
from tests.real_traefik import WEIGHTED, traefik

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.real_traefik import RealTraefik

__all__ = ["all_closed"]
pytestmark = pytest.mark.real("traefik")

NOTHING, QUARTER, HALF = Decimal(0), Decimal(25), Decimal(50)
WELL = {
    "url": "http://127.0.0.1:8080",
    "file": "/etc/traefik/dynamic/app.yaml",
    "service": "app",
    "blue": "blue",
    "green": "green",
}
STICKY = "      weighted:\n        sticky: {cookie: {name: side}}\n"


@pytest.fixture(scope="module")
def running() -> Iterator[RealTraefik]:
    with traefik() as one:
        yield one


@pytest.fixture(autouse=True)
def _as_new(running: RealTraefik) -> None:
    """By way of a weight that nobody uses: when that is in force, all before it is done with."""
    for weight in (Decimal(37), NOTHING):
        bench_of(running).move(weight)


def bench_of(running: RealTraefik) -> TraefikBench:
    return TraefikBench(running, WEIGHTED, kept(through(running)))


@contextmanager
def written(running: RealTraefik, old: str, new: str) -> Iterator[None]:
    """The file with a change, which Traefik may take or not."""
    text = WEIGHTED.replace(old, new)
    assert text != WEIGHTED
    running.write(text)
    yield


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"green": "blue"}, "name the same service"),
        ({"others": ["http://127.0.0.1:8080/"]}, "name one address twice"),
        ({"file": "/etc/traefik/app.toml"}, "YAML or JSON"),
        ({"file": "/etc/../app.yaml"}, "file"),
        ({"service": "app@file"}, "service"),
        ({"green": "green@file/x"}, "green"),
        ({"blue": "b'; ls"}, "blue"),
        ({"provider": "kubernetes"}, "provider"),
    ],
)
def test_says_what_is_wrong_with_a_runbook(keys: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        TraefikConfig.model_validate({**WELL, **keys})


def test_a_mirror_takes_whole_percents_only(running: RealTraefik) -> None:
    driver = kept(through(running, moves="mirror"))
    assert driver.cannot(Decimal("12.5")) == (
        "A mirror of Traefik takes weights in steps of 1 %: it can't send 12.5 % to GREEN. The "
        "nearest it can are 12 % and 13 %."
    )


def test_all_nodes_are_read_and_have_to_agree(running: RealTraefik) -> None:
    with traefik(WEIGHTED.replace("weight: 0", "weight: 300")) as second:
        seen = kept(through(running, others=[second.api])).observe()
    assert seen.weight not in {NOTHING, Decimal(75)}
    assert seen.detail.startswith("nodes disagree")
    assert all(address in seen.detail for address in (running.api, second.api))


def test_a_file_that_traefik_can_not_read_is_no_rollback(running: RealTraefik) -> None:
    """It keeps what it had; the file alone would look as if all were well."""
    driver = kept(through(running))
    driver.apply(HALF, None)
    broken = running.file.with_name("broken.yaml")
    broken.write_text("http: [")
    try:
        with pytest.raises(UnknownOutcome, match=r"was not in force: .* has blue 50/100"):
            kept(through(running, timeout=SOON)).apply(NOTHING, None)
        seen = driver.observe()
    finally:
        broken.unlink()
    assert seen.weight not in {NOTHING, HALF}
    bench_of(running).settle()
    assert driver.observe().weight == NOTHING


def test_the_way_back_mends_what_traefik_refuses(running: RealTraefik) -> None:
    with written(running, "weight: 0", "weight: 0\n          - {name: gone, weight: 0}"):
        driver = kept(through(running))
        until(lambda: "does not use" in complaints(driver), "Traefik finds nobody called gone")
        with pytest.raises(Permanent, match="does not use app@file"):
            driver.observe()
        running.write(WEIGHTED.replace("weight: 0", "weight: 50"))
        driver.apply(NOTHING, None)
        assert driver.observe().weight == NOTHING


def test_an_old_decision_moves_nothing(running: RealTraefik) -> None:
    driver = kept(through(running))
    old = driver.observe().token
    running.write(WEIGHTED + "# somebody wrote a line\n")
    with pytest.raises(Conflict, match="somebody else"):
        driver.apply(HALF, old)
    driver.apply(HALF, None)
    assert running.file.read_text().endswith("# somebody wrote a line\n")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    app:", "    shop:", "no weighted service of that name"),
        ("name: green@file", "name: grey@file", "no service green@file among blue@file, grey@file"),
        ("name: green@file", "name: old\n          - name: green@file", "old takes traffic too"),
        ("weight: 0", "weight: half", "no whole number"),
        ("http:", "http: {{", "no YAML"),
    ],
)
def test_a_file_that_does_not_do(running: RealTraefik, old: str, new: str, said: str) -> None:
    with written(running, old, new):
        driver = kept(through(running))
        with pytest.raises(Permanent, match=re.escape(said)):
            driver.apply(HALF, None)
        assert said in complaints(driver)


def test_a_preview_shows_the_lines(running: RealTraefik) -> None:
    lines = kept(through(running)).preview(QUARTER)
    assert [line.partition(":")[2] for line in lines] == [
        "8: weight: 100  # blue → weight: 75  # blue",
        "10: weight: 0 → weight: 25",
    ]


@pytest.mark.parametrize(("status", "error"), [(401, Permanent), (429, Transient)])
def test_whatever_stands_before_it_is_heard(
    running: RealTraefik, status: int, error: type[Exception]
) -> None:
    with relay(running.api, refusing(status)) as before:
        driver = kept(through(running, url=before.url, timeout=SOON))
        with pytest.raises(error):
            driver.observe()
        with pytest.raises(UnknownOutcome, match="was written"):
            driver.apply(NOTHING, None)


def test_one_that_is_well(running: RealTraefik) -> None:
    driver = kept(through(running))
    until(lambda: complaints(driver) == "", "all is well")
    for said in ("Traefik 3.", "used by app@file", "1 servers up of 1", "fits", "Without a health"):
        assert said in praise(driver)


def test_what_the_doctor_finds(running: RealTraefik) -> None:
    with written(running, "      weighted:\n", STICKY):
        driver = kept(through(running))
        until(lambda: "by a cookie" in praise(driver), "Traefik takes up the cookie")
    assert "no server" not in complaints(driver)
    gone: dict[str, Any] = {"green": "grey@file"}
    assert "grey@file" in complaints(kept(through(running, **gone)))
    assert "nothing of that name (404)" in complaints(kept(through(running, service="shop")))
