"""What must not get out is found; what may be said is not held up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.comms.leaks import Leak, leaks, open_leaks

FOUND = [
    ("We moved db-prod-3 first", "db-prod-3", Leak.HOST),
    ("orders.internal is slow", "orders.internal", Leak.HOST),
    ("see pg01.eu-west-1.example.com:5432 for it", "pg01.eu-west-1.example.com:5432", Leak.HOST),
    ("it answers on localhost only", "localhost", Leak.HOST),
    ("from 10.0.4.17 to the rest", "10.0.4.17", Leak.ADDRESS),
    ("from 10.0.4.17:8080.", "10.0.4.17:8080", Leak.ADDRESS),
    ("the net 10.0.0.0/8 moved", "10.0.0.0/8", Leak.ADDRESS),
    ("at fe80::1 today", "fe80::1", Leak.ADDRESS),
    ("at 2001:db8:0:0:0:0:0:1 today", "2001:db8:0:0:0:0:0:1", Leak.ADDRESS),
    ("write to ana@example.com", "ana@example.com", Leak.EMAIL),
    ("see https://grafana.example.com/d/1?x=2", "https://grafana.example.com/d/1?x=2", Leak.LINK),
    ("postgres://u:p@h/db was it", "postgres://u:p@h/db", Leak.LINK),
    ("SELECT id FROM orders failed", "SELECT id FROM orders", Leak.QUERY),
    ("delete from orders", "delete from orders", Leak.QUERY),
    ("sum(rate(http_requests_total[5m]))", "sum(rate(http_requests_total[5m]", Leak.QUERY),
    ('http_requests_total{code="500"} rose', 'http_requests_total{code="500"}', Leak.QUERY),
    ("logs in /var/log/app/error.log", "/var/log/app/error.log", Leak.PATH),
    (r"logs in C:\logs\app", r"C:\logs\app", Leak.PATH),
    ("password: hunter2", "password: hunter2", Leak.SECRET),
    ("xoxb-123456789-abcdef", "xoxb-123456789-abcdef", Leak.SECRET),
    ("AKIAIOSFODNN7EXAMPLE was used", "AKIAIOSFODNN7EXAMPLE", Leak.SECRET),
    ("-----BEGIN PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----", Leak.SECRET),
    ("d41d8cd98f00b204e9800998ecf8427e", "d41d8cd98f00b204e9800998ecf8427e", Leak.SECRET),
    ("more by {next_update}", "{next_update}", Leak.LEFTOVER),
    ("Project Falcon is on", "Falcon", Leak.NAME),
    ("RAJ watches it", "RAJ", Leak.NAME),
]  # fmt: skip
NAMES = ("falcon", "raj", "p95")

FINE = [
    "25 % of orders run on the new system. No impact seen.",
    "We moved half of it at 02:10 CEST (00:10 UTC), e.g. search and checkout.",
    "Version 2.0 is live. We saved 12.5 % of the time, i.e. a lot.",
    "Next update by 02:40. Thank you for your patience!",
    "Orders, checkout and search are available 24/7.",
    "We go on in small steps: 1, 5, 10, 25, 50, 100 %.",
    "It took 3-4 minutes on 21 November 2026 (UTC+1).",
    "Something did not meet our standards... so we moved back.",
    "A well-known, long-standing and never-ending story.",
    "Please select one of the options from the menu? No: nothing to do.",
    "Rajasthan and Falconry are not names.",
    "Read/write splitting and and/or.",
]  # fmt: skip


@pytest.mark.parametrize(("text", "leak", "kind"), FOUND)
def test_it_finds_what_must_not_get_out(text: str, leak: str, kind: Leak) -> None:
    assert [(one.text, one.kind) for one in leaks(text, NAMES)] == [(leak, kind)]


@pytest.mark.parametrize("text", FINE)
def test_it_lets_plain_sentences_be(text: str) -> None:
    assert leaks(text, NAMES) == []


@given(st.text(max_size=300), st.lists(st.text(max_size=10), max_size=5))
def test_findings_are_where_they_say_and_never_overlap(text: str, names: list[str]) -> None:
    end = 0
    for one in leaks(text, names):
        assert text[one.start : one.end] == one.text
        assert one.text
        assert one.start >= end
        end = one.end


@given(st.text(max_size=60), st.sampled_from(FOUND), st.text(max_size=60))
def test_a_leak_is_found_whatever_stands_around_it(
    before: str, case: tuple[str, str, Leak], after: str
) -> None:
    text = f"{before} {case[0]} {after}"
    place = len(before) + 1 + case[0].index(case[1])
    assert any(one.start < place + len(case[1]) and place < one.end for one in leaks(text, NAMES))


def test_a_secret_is_not_repeated_and_cannot_be_accepted() -> None:
    (secret,) = leaks("token=abc123")
    assert "abc123" not in secret.sentence
    assert open_leaks([secret], ["token=abc123"]) == [secret]


def test_what_is_accepted_by_name_is_let_through() -> None:
    found = leaks("status.example.com and 10.0.0.1")
    assert [one.text for one in open_leaks(found, ["Status.Example.COM"])] == ["10.0.0.1"]
