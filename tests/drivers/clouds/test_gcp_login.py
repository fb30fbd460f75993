"""Who we are at Google: a service account by its key, or the machine's own account."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from migrations_app.domain.errors import ConfigError, Permanent
from migrations_app.drivers.gcp import login
from tests.drivers.clouds.test_gcp import new
from tests.fakes.bench import CloudBench, bench
from tests.fakes.gcp import FakeCompute, failed, key_file

if TYPE_CHECKING:
    from collections.abc import Iterator

QUARTER = Decimal(25)


@pytest.fixture
def fake() -> FakeCompute:
    return FakeCompute()


@pytest.fixture
def gcp(fake: FakeCompute) -> Iterator[CloudBench]:
    with bench(fake, new, {}) as built:
        yield built


def test_the_machines_account_is_asked_once(fake: FakeCompute, gcp: CloudBench) -> None:
    gcp.driver.apply(QUARTER, gcp.driver.observe().token)
    assert (fake.logins, fake.weights) == (1, (75, 25))


def test_a_service_accounts_key_logs_us_in_once(fake: FakeCompute, gcp: CloudBench) -> None:
    driver = gcp.at(gcp.hand.url, credentials=key_file())
    driver.observe()
    driver.apply(QUARTER, None)
    assert (fake.logins, fake.weights) == (1, (75, 25))
    assert "PRIVATE KEY" not in repr(driver) + repr(vars(driver)) + str(driver.check())


def test_a_key_that_google_does_not_know(fake: FakeCompute, gcp: CloudBench) -> None:
    other = json.loads(key_file()) | {"private_key": "nonsense"}
    with pytest.raises(Permanent, match="private key of the service account"):
        gcp.at(gcp.hand.url, credentials=json.dumps(other)).observe()
    gcp.hand.instead = lambda _heard: failed(400, "invalid_grant", "account not found")
    with pytest.raises(Permanent, match="account not found"):
        gcp.at(gcp.hand.url, credentials=key_file()).observe()


def test_without_googles_library_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login, "find_spec", lambda _name: None)
    with pytest.raises(ConfigError, match="warroom\\[gcp\\]"):
        new("http://127.0.0.1:1", credentials=key_file())
