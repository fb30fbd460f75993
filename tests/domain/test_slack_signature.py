"""Signed by Slack, now, over these bytes: nothing else gets in."""

from __future__ import annotations

import hmac
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.slack.signature import (
    OLDEST_S,
    Seal,
    Unsigned,
    digest,
    signature,
    verify,
)

SECRETS = st.text(min_size=1, max_size=60).filter(lambda text: text.isprintable())
STAMPS = st.integers(0, 10**11)
NOW = 1_800_000_000


@given(SECRETS, STAMPS, st.binary(max_size=500), st.integers(-OLDEST_S, OLDEST_S))
def test_what_slack_signed_gets_in_for_five_minutes(
    secret: str, stamp: int, body: bytes, age: int
) -> None:
    made = Seal(str(stamp), signature(secret, str(stamp), body))
    verify(made, body, ["another", secret], stamp + age)
    for late in (stamp + OLDEST_S + 1, stamp - OLDEST_S - 1):
        with pytest.raises(Unsigned, match="more than 300 s"):
            verify(made, body, [secret], late)


@given(SECRETS, st.binary(min_size=1, max_size=200), st.data())
def test_not_one_bit_may_differ(secret: str, body: bytes, data: st.DataObject) -> None:
    made = Seal(str(NOW), signature(secret, str(NOW), body))
    at, bit = data.draw(st.integers(0, len(body) - 1)), 1 << data.draw(st.integers(0, 7))
    changed = body[:at] + bytes([body[at] ^ bit]) + body[at + 1 :]
    with pytest.raises(Unsigned, match="another secret"):
        verify(made, changed, [secret], NOW)
    with pytest.raises(Unsigned, match="another secret"):
        verify(Seal(str(NOW + 1), made.signature), body, [secret], NOW)


@given(SECRETS, SECRETS, st.binary(max_size=100))
def test_another_secret_opens_nothing(ours: str, theirs: str, body: bytes) -> None:
    made = Seal(str(NOW), signature(theirs, str(NOW), body))
    if ours != theirs:
        with pytest.raises(Unsigned):
            verify(made, body, [ours], NOW)
    with pytest.raises(Unsigned):
        verify(made, body, [], NOW)


def test_an_empty_secret_is_none() -> None:
    made = Seal(str(NOW), signature("", str(NOW), b""))
    with pytest.raises(Unsigned):
        verify(made, b"", [""], NOW)


@given(st.text(max_size=80), st.text(max_size=80))
def test_odd_headers_are_refused_and_never_an_error(stamp: str, seal: str) -> None:
    with pytest.raises(Unsigned):
        verify(Seal(stamp, seal), b"", ["secret"], NOW)


@pytest.mark.parametrize("stamp", ["", "+1800000000", "1800000000.0", " 1800000000", "١٨٠٠٠٠٠٠٠٠"])
def test_a_timestamp_is_digits(stamp: str) -> None:
    with pytest.raises(Unsigned, match="no signature"):
        verify(Seal(stamp, signature("s", stamp, b"")), b"", ["s"], NOW)


def test_it_is_the_hmac_that_slack_describes() -> None:
    body = b"team_id=T0ACME&text=status"
    made = hmac.new(b"a-signing-secret", b"v0:1700000000:" + body, sha256).hexdigest()
    assert signature("a-signing-secret", "1700000000", body) == f"v0={made}"


def test_a_request_has_one_name() -> None:
    one, other = Seal("1", "v0=a"), Seal("2", "v0=a")
    assert digest(one) == digest(Seal("1", "v0=a")) != digest(other)
    assert len(digest(one)) == 64
