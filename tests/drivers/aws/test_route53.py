"""Weighted records beyond the contract: exact batches, INSYNC, the TTL, rights and haste."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from migrations_app.domain.errors import Conflict, Permanent, Transient, UnknownOutcome
from migrations_app.drivers.aws.route53_config import Route53Config
from tests.drivers.aws.records import Records, records
from tests.fakes.between import Said
from tests.fakes.route53 import changes, refusal, strict
from tests.real_moto import NEEDED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.fakes.between import Heard

pytestmark = NEEDED
QUARTER = Decimal(25)
GOOD: dict[str, object] = {
    "zone_id": "Z123",
    "name": "orders.example.org",
    "blue": "blue",
    "green": "green",
    "ttl": 60,
}
GET_CHANGE = (
    b'<GetChangeResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeInfo>'
    b"<Id>/change/C1</Id><Status>PENDING</Status>"
    b"<SubmittedAt>2026-01-01T00:00:00Z</SubmittedAt></ChangeInfo></GetChangeResponse>"
)


@pytest.fixture(scope="module")
def shared(moto_port: int) -> Iterator[Records]:
    with records(moto_port) as built:
        yield built


@pytest.fixture
def zone(shared: Records) -> Iterator[Records]:
    kept = shared.hand.instead
    shared.set(blue=100, green=0)
    shared.hand.heard.clear()
    yield shared
    shared.hand.instead = kept


def once(zone: Records, act: Callable[[], None]) -> None:
    """Somebody else's hand is quicker than ours, the first time."""
    acted: list[bool] = []

    def instead(heard: Heard) -> Said | None:
        if changes(heard) and not acted:
            acted.append(True)
            act()
        return strict(heard, zone.route53, zone.zone)

    zone.hand.instead = instead


def test_a_batch_names_exactly_what_it_replaces(zone: Records) -> None:
    zone.driver().apply(QUARTER, None)
    [batch] = [heard.body.decode() for heard in zone.hand.heard if changes(heard)]
    actions = [piece.split("<")[0] for piece in batch.split("<Action>")[1:]]
    assert actions == ["DELETE", "DELETE", "CREATE", "CREATE"]
    assert zone.weights() == {"blue": 75, "green": 25}


def test_a_quicker_hand_makes_a_token_old(zone: Records) -> None:
    driver = zone.driver()
    once(zone, lambda: zone.set(blue=10))
    with pytest.raises(Conflict):
        driver.apply(QUARTER, driver.observe().token)
    assert zone.weights() == {"blue": 10, "green": 0}


def test_a_way_back_takes_what_the_quicker_hand_left(zone: Records) -> None:
    zone.set(blue=0, green=100)
    once(zone, lambda: zone.set(green=50))
    zone.driver().apply(Decimal(0), None)
    assert zone.weights() == {"blue": 100, "green": 0}


def test_a_batch_that_nobody_disturbed_and_is_refused_is_permanent(zone: Records) -> None:
    zone.hand.instead = lambda heard: refusal("no such thing") if changes(heard) else None
    with pytest.raises(Permanent, match="no such thing"):
        zone.driver().apply(QUARTER, None)


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("Throttling", 400, Transient),
        ("PriorRequestNotComplete", 400, Transient),
        ("AccessDenied", 403, Permanent),
        ("NoSuchHostedZone", 404, Permanent),
    ],
)
def test_what_a_refusal_means(zone: Records, code: str, status: int, kind: type[Exception]) -> None:
    zone.hand.instead = lambda heard: refusal("no", code, status) if changes(heard) else None
    with pytest.raises(kind, match=r"no|slow down"):
        zone.driver().apply(QUARTER, None)
    assert sum(changes(heard) for heard in zone.hand.heard) == 1


def test_nothing_is_confirmed_before_it_is_in_sync(zone: Records) -> None:
    driver = zone.driver()
    driver.apply(QUARTER, None)
    kept = zone.hand.instead
    zone.hand.instead = lambda heard: (
        Said(200, GET_CHANGE) if "/change/" in heard.path else kept(heard)
    )
    with pytest.raises(Transient, match="PENDING"):
        driver.observe()
    zone.hand.instead = lambda heard: (
        refusal("x", "NoSuchChange", 404) if "/change/" in heard.path else kept(heard)
    )
    assert driver.observe().weight == QUARTER, "what Route 53 has forgotten is long done"
    zone.hand.heard.clear()
    assert driver.observe().weight == QUARTER
    assert not [heard for heard in zone.hand.heard if "/change/" in heard.path]


def test_what_nobody_here_wrote_counts_its_minute_in_the_lag(zone: Records) -> None:
    driver = zone.driver(ttl=30)
    assert driver.lag == 90
    assert driver.observe().weight == 0
    assert "within 90 s" in driver.preview(QUARTER)[0]


def test_both_at_nothing_are_both_answered(zone: Records) -> None:
    zone.set(blue=0, green=0)
    seen = zone.driver().observe()
    assert seen.weight == 50
    assert "takes turns" in seen.detail


def test_a_liar_is_found_by_reading_back(zone: Records) -> None:
    zone.hand.instead = lambda heard: (
        Said(200, GET_CHANGE.replace(b"GetChange", b"ChangeResourceRecordSets"))
        if changes(heard)
        else Said(200, GET_CHANGE.replace(b"PENDING", b"INSYNC"))
        if "/change/" in heard.path
        else None
    )
    driver = zone.driver()
    driver.apply(QUARTER, None)
    assert driver.observe().weight == 0


def test_a_third_record_with_a_weight_is_refused(zone: Records) -> None:
    zone.set(third=5)
    try:
        with pytest.raises(Permanent, match='"third" answers for A orders'):
            zone.driver().apply(Decimal(0), None)
        assert not all(finding.ok for finding in zone.driver().check())
        zone.set(third=0)
        assert zone.driver().observe().weight == 0
    finally:
        zone.write("DELETE", "third", 0)


def test_the_doctor_compares_the_ttl(zone: Records) -> None:
    assert all(finding.ok for finding in zone.driver().check())
    told = [finding.sentence for finding in zone.driver(ttl=300).check() if not finding.ok]
    assert sum("reckoned wrongly" in sentence for sentence in told) == 2
    assert any("Lower the TTL" in sentence for sentence in told)
    missing = zone.driver(green="grun").check()
    assert 'set identifier "grun" (GREEN)' in missing[-1].sentence


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"green": "blue"}, "the same record"),
        ({"name": "two words"}, "whole name"),
        ({"name": "a.b.*.example"}, "whole name"),
        ({"zone_id": "/hostedzone/Z1"}, "pattern"),
        ({"blue": 'a"`x`'}, "pattern"),
        ({"ttl": 0}, "greater than or equal to 1"),
        ({"ttl": None}, "valid integer"),
        ({"type": "SOA"}, "Input should be"),
    ],
)
def test_what_makes_no_sense_is_refused(change: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Route53Config.model_validate(GOOD | change)


def test_a_wildcard_is_said_as_route_53_says_it() -> None:
    config = Route53Config.model_validate(GOOD | {"name": "*.Example.org."})
    assert (config.name, config.label) == (r"\052.example.org.", "A *.example.org.")
    assert config.url == "https://route53.amazonaws.com"


def test_somebody_elses_answer_confirms_nothing(zone: Records) -> None:
    driver, page = zone.driver(), Said(200, b"<html><body>log in</body></html>")
    zone.hand.instead = lambda heard: page if changes(heard) else None
    with pytest.raises(UnknownOutcome):
        driver.apply(QUARTER, None)
    zone.hand.instead = lambda _heard: page
    with pytest.raises(Permanent, match="There is no weighted record"):
        driver.observe()
