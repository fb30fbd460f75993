"""AWS over our own wire: who we are there, in time, and without telling."""

from __future__ import annotations

import logging
import threading
from contextlib import closing
from importlib.util import find_spec
from typing import TYPE_CHECKING, ClassVar

import pytest

from migrations_app.domain.errors import ConfigError, Permanent, Transient, UnknownOutcome
from migrations_app.wire import aws as module
from migrations_app.wire.aws import Aws
from migrations_app.wire.aws_place import AwsPlace
from migrations_app.wire.aws_refusal import refusal
from migrations_app.wire.deadline import Deadline
from tests.fakes.between import Said, between

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.between import Between

needs_botocore = pytest.mark.skipif(
    find_spec("botocore") is None, reason="NOT PROVEN: boto3 is missing (the extra aws)"
)
SECRET, SESSION = "OPEN-SESAME-of-the-tests", "SESSION-of-the-tests"


class Somewhere(AwsPlace):
    service_host: ClassVar[str] = "route53"


@pytest.fixture
def hand() -> Iterator[Between]:
    with between(0) as hand:
        hand.instead = lambda _heard: Said(200, b"<x/>")
        yield hand


def place(url: str, **keys: object) -> Somewhere:
    login = {
        "access_key_id": "AKIAIOSFODNN7EXAMPLE",
        "secret_access_key": SECRET,
        "session_token": SESSION,
    }
    return Somewhere.model_validate({"region": "us-east-1", "url": url, **login, **keys})


def test_without_its_library_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _name: None)
    with pytest.raises(ConfigError, match="warroom\\[aws\\]"):
        Aws(place("http://127.0.0.1:1"), "route53")


@needs_botocore
def test_a_session_token_travels_and_is_not_logged(
    hand: Between, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with closing(Aws(place(hand.url), "route53")) as aws:
        aws.ask("get_hosted_zone", Deadline(60), Id="Z1")
        assert SECRET not in repr(aws) + repr(vars(aws))
    [heard] = hand.heard
    assert heard.headers["x-amz-security-token"] == SESSION
    assert SESSION not in caplog.text
    assert SECRET not in caplog.text


@needs_botocore
def test_credentials_that_never_come_hold_nobody_up(
    hand: Between, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()
    monkeypatch.setattr(module, "_found", lambda _session: object())
    monkeypatch.setattr(module, "_fresh", lambda _credentials: over.wait())
    nobody = dict.fromkeys(("access_key_id", "secret_access_key", "session_token"))
    with closing(Aws(place(hand.url, **nobody), "route53")) as aws:
        with pytest.raises(Transient, match="could not be had in time"):
            aws.ask("get_hosted_zone", Deadline(3), Id="Z1")
        over.set()
    assert hand.heard == []


@needs_botocore
def test_credentials_that_can_not_be_renewed_now_may_be_later(
    hand: Between, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Chain:
        def get_frozen_credentials(self) -> None:
            raise OSError("the metadata service is down")

    monkeypatch.setattr(module, "_found", lambda _session: Chain())
    nobody = dict.fromkeys(("access_key_id", "secret_access_key", "session_token"))
    asking = pytest.raises(Transient, match="could not be renewed: the metadata service is down")
    with closing(Aws(place(hand.url, **nobody), "route53")) as aws, asking:
        aws.ask("get_hosted_zone", Deadline(60), Id="Z1")


@needs_botocore
def test_what_the_library_refuses_has_not_left_us(hand: Between) -> None:
    refused = pytest.raises(Permanent, match="could not be made")
    with closing(Aws(place(hand.url), "route53")) as aws, refused:
        aws.change("get_hosted_zone", Deadline(60), Nonsense=1)
    assert hand.heard == []


@needs_botocore
def test_a_change_is_sent_once_and_unknown_when_nobody_answers(hand: Between) -> None:
    hand.silent = lambda _heard: True
    with closing(Aws(place(hand.url), "route53")) as aws:
        with pytest.raises(UnknownOutcome):
            aws.change("get_hosted_zone", Deadline(3), Id="Z1")
        with pytest.raises(Transient, match="over"):
            aws.ask("get_hosted_zone", Deadline(0), Id="Z1")
    assert len(hand.heard) == 1


@needs_botocore
def test_closed_it_asks_nothing(hand: Between) -> None:
    aws = Aws(place(hand.url), "route53")
    aws.close()
    with pytest.raises(Transient, match="closed by Warroom"):
        aws.ask("get_hosted_zone", Deadline(60), Id="Z1")


@pytest.mark.parametrize("code", ["Throttling", "PriorRequestNotComplete", "SlowDown"])
def test_a_code_that_asks_for_patience_is_transient_whatever_the_status(code: str) -> None:
    response = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    assert isinstance(refusal(response, "aws", writing=True), Transient)


def test_a_wrong_signature_repeats_nothing_of_what_was_sent() -> None:
    response = {
        "Error": {"Code": "SignatureDoesNotMatch", "Message": f"you sent {SESSION}"},
        "ResponseMetadata": {"HTTPStatusCode": 403},
    }
    assert SESSION not in str(refusal(response, "aws", writing=False))
