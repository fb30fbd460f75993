"""An Application Load Balancer beyond the contract: the list of actions, rights, haste and lies."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from migrations_app.domain.errors import Conflict, Permanent, Transient, UnknownOutcome
from migrations_app.drivers.aws.alb_config import AlbConfig
from tests.drivers.aws.balancer import OIDC, balancer, forward
from tests.fakes.between import Between, Said, between
from tests.fakes.shell import stand_in, typed
from tests.real_moto import KEY_ID, KEYS, NEEDED, SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.drivers.aws.balancer import Balancer

pytestmark = NEEDED
QUARTER = Decimal(25)
ARN = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:"
GOOD: dict[str, object] = {
    "region": "eu-central-1",
    "rule_arn": ARN + "listener-rule/app/web/0123456789abcdef/0123456789abcdef/0123456789abcdef",
    "blue": ARN + "targetgroup/blue/0123456789abcdef",
    "green": ARN + "targetgroup/green/fedcba9876543210",
}


@pytest.fixture(scope="module")
def shared(moto_port: int) -> Balancer:
    return balancer(moto_port)


@pytest.fixture
def lb(shared: Balancer) -> Balancer:
    shared.set(100, 0)
    return shared


@pytest.fixture(scope="module")
def one_hand(moto_port: int) -> Iterator[Between]:
    with between(moto_port) as hand:
        yield hand


@pytest.fixture
def hand(one_hand: Between) -> Iterator[Between]:
    kept = one_hand.instead
    one_hand.heard.clear()
    yield one_hand
    one_hand.instead = kept


def error(code: str, status: int = 400, message: str = "", **headers: str) -> Said:
    told = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return Said(status, f"<ErrorResponse>{told}</ErrorResponse>".encode(), headers)


def test_the_whole_list_of_actions_is_kept(lb: Balancer, hand: Between, tmp_path: Path) -> None:
    sticky = {"Enabled": True, "DurationSeconds": 3600}
    groups = [{"TargetGroupArn": lb.blue, "Weight": 100}, {"TargetGroupArn": lb.green, "Weight": 0}]
    lb.write([OIDC, forward(groups, TargetGroupStickinessConfig=sticky)])
    driver = lb.driver(hand.url)
    driver.apply(QUARTER, None)
    sent = hand.heard[-1].body
    assert b"UseExistingClientSecret=true" in sent
    stand_in(tmp_path, "aws", "tests.fakes.aws_cli")
    login = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET}
    for weights in (lb.weights(), (0, 100)):
        first, last = lb.actions()
        assert (first["Type"], first["Order"], last["Order"]) == ("authenticate-oidc", 1, 2)
        assert last["ForwardConfig"]["TargetGroupStickinessConfig"] == sticky
        assert lb.weights() == weights
        typed(driver.manual_commands(Decimal(100)), login, tmp_path)


def test_a_listeners_default_is_moved_like_a_rule(moto_port: int, tmp_path: Path) -> None:
    lb = balancer(moto_port, "listener")
    driver = lb.driver(f"http://127.0.0.1:{moto_port}")
    driver.apply(QUARTER, driver.observe().token)
    assert (lb.weights(), driver.observe().weight) == ((75, 25), QUARTER)
    stand_in(tmp_path, "aws", "tests.fakes.aws_cli")
    login = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET}
    answers = typed(driver.manual_commands(Decimal("0.5")), login, tmp_path)
    assert lb.weights() == (199, 1)
    assert answers[-1].split() == [lb.blue, "199", lb.green, "1"]


def test_one_target_group_alone_has_everything(lb: Balancer, hand: Between) -> None:
    lb.write([{"Type": "forward", "TargetGroupArn": lb.blue}])
    driver = lb.driver(hand.url)
    assert driver.observe().weight == 0
    with pytest.raises(Permanent, match="Add it with weight 0 first"):
        driver.apply(QUARTER, None)
    driver.apply(Decimal(0), None)
    assert lb.weights() == (100, 0)


def test_nobody_is_sent_where_nothing_is_healthy(moto_port: int) -> None:
    lb = balancer(moto_port, targets=False)
    driver = lb.driver(f"http://127.0.0.1:{moto_port}")
    with pytest.raises(Transient, match="clients sent there get 503"):
        driver.apply(QUARTER, None)
    lb.set(0, 100)
    driver.apply(Decimal(0), None)
    assert lb.weights() == (100, 0)


def test_a_third_target_group_with_a_weight_is_refused(
    moto_port: int, lb: Balancer, hand: Between
) -> None:
    third = balancer(moto_port).green
    parts = ((lb.blue, 90), (lb.green, 0), (third, 10))
    lb.write([forward([{"TargetGroupArn": arn, "Weight": weight} for arn, weight in parts])])
    driver = lb.driver(hand.url)
    for call in (driver.observe, lambda: driver.apply(Decimal(0), None)):
        with pytest.raises(Permanent, match="neither BLUE nor GREEN"):
            call()
    lb.write([forward([{"TargetGroupArn": a, "Weight": w % 90} for a, w in parts[:2]])])
    assert driver.observe().weight == Decimal("0.01"), "every weight is 0: nobody asked for that"


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        (error("Throttling", retry_after="7"), Transient, "slow down"),
        (error("RequestThrottled"), Transient, "slow down"),
        (error("ServiceUnavailable", 503), Transient, "ServiceUnavailable"),
        (error("AccessDenied", 403, "not authorized"), Permanent, "give it the right"),
        (error("InvalidClientTokenId", 403), Permanent, "does not take our AWS credentials"),
        (error("SignatureDoesNotMatch", 403, f"you sent {SECRET}"), Permanent, "clock"),
        (error("RuleNotFound", 400, "no such rule"), Permanent, "RuleNotFound: no such rule"),
        (Said(200, b"log in"), Transient, "not AWS's"),
        (Said(302, b"", {"location": "https://login.example/"}), Permanent, "302"),
    ],
)
def test_what_a_refused_question_means(
    lb: Balancer, hand: Between, said: Said, kind: type[Exception], words: str
) -> None:
    hand.instead = lambda _heard: said
    with pytest.raises(kind, match=words) as caught:
        lb.driver(hand.url).observe()
    assert SECRET not in str(caught.value)
    assert len(hand.heard) == 1, "asked once, and nowhere else"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (error("Throttling"), Transient),
        (error("InternalFailure", 500), UnknownOutcome),
        (Said(200, b"what?"), UnknownOutcome),
        (error("TargetGroupAssociationLimit"), Permanent),
    ],
)
def test_what_a_refused_change_means(
    lb: Balancer, hand: Between, said: Said, kind: type[Exception]
) -> None:
    hand.instead = lambda heard: said if b"Action=Modify" in heard.body else None
    with pytest.raises(kind):
        lb.driver(hand.url).apply(QUARTER, None)
    assert sum(b"Action=Modify" in heard.body for heard in hand.heard) == 1


def test_how_long_to_wait_is_passed_on(lb: Balancer, hand: Between) -> None:
    hand.instead = lambda _heard: Said(429, b"", {"retry-after": "7"})
    with pytest.raises(Transient) as caught:
        lb.driver(hand.url).observe()
    assert caught.value.retry_after == 7


def test_a_liar_is_found_by_reading_back(lb: Balancer, hand: Between) -> None:
    well = b"<ModifyRuleResponse><ModifyRuleResult><Rules/></ModifyRuleResult></ModifyRuleResponse>"
    hand.instead = lambda heard: Said(200, well) if b"Action=Modify" in heard.body else None
    driver = lb.driver(hand.url)
    driver.apply(QUARTER, None)
    assert driver.observe().weight == 0


def test_a_change_between_reading_and_writing_is_a_conflict(lb: Balancer, hand: Between) -> None:
    driver = lb.driver(hand.url)
    token = driver.observe().token
    lb.set(100, 0, TargetGroupStickinessConfig={"Enabled": True, "DurationSeconds": 60})
    with pytest.raises(Conflict):
        driver.apply(QUARTER, token)
    assert lb.weights() == (100, 0)


def test_the_doctor_names_each_trouble(lb: Balancer, hand: Between) -> None:
    driver = lb.driver(hand.url)
    assert all(finding.ok for finding in driver.check())
    lb.set(100, 0, TargetGroupStickinessConfig={"Enabled": True, "DurationSeconds": 86400})
    lb.elbv2.add_tags(
        ResourceArns=[lb.where["rule_arn"]],
        Tags=[{"Key": "elbv2.k8s.aws/cluster", "Value": "orders"}],
    )
    told = " ".join(finding.sentence for finding in driver.check() if not finding.ok)
    assert "each client stays for" in told
    assert "Load Balancer Controller of orders" in told
    lb.write([{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}])
    assert "does: fixed-response" in driver.check()[-1].sentence


def test_without_keys_the_machine_has_to_be_somebody(
    lb: Balancer, hand: Between, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    nothing = dict.fromkeys(("access_key_id", "secret_access_key"))
    for name, value in {
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
    }.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Permanent, match="There are no AWS credentials"):
        lb.driver(hand.url, **nothing).observe()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    assert lb.driver(hand.url, **nothing).observe().weight == 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"rule_arn": None}, "either rule_arn, or listener_arn"),
        ({"green": GOOD["blue"]}, "the same target group"),
        ({"region": "mars"}, "pattern"),
        ({"blue": ARN + "targetgroup/a$(reboot)/0123456789abcdef"}, "pattern"),
        ({"rule_arn": str(GOOD["rule_arn"]) + "\n"}, "pattern"),
        ({"access_key_id": KEY_ID}, "together, or neither"),
        ({"session_token": "x"}, "belongs to"),
        ({"endpoint": "x"}, "Extra inputs"),
        ({"url": "https://user:pass@lb.example"}, "never into the address"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(change: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        AlbConfig.model_validate(GOOD | change)


def test_without_a_url_it_is_the_regions_own() -> None:
    here = AlbConfig.model_validate(GOOD)
    assert here.url == "https://elasticloadbalancing.eu-central-1.amazonaws.com"
    china = AlbConfig.model_validate(GOOD | {"region": "cn-north-1"})
    assert china.url.endswith(".amazonaws.com.cn")
    assert "--endpoint-url" not in china.cli


def test_a_secret_is_shown_nowhere(lb: Balancer, hand: Between) -> None:
    driver = lb.driver(hand.url)
    told = [repr(driver), repr(vars(driver)), *driver.preview(QUARTER), *map(str, driver.check())]
    told += [*driver.manual_commands(QUARTER), str(KEYS["region"])]
    assert not [text for text in told if SECRET in text]
