"""What a runbook may say about HAProxy: nothing in it reaches a shell or a second command."""

from __future__ import annotations

import shlex
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from migrations_app.drivers.haproxy.config import HAProxyConfig
from migrations_app.drivers.haproxy.wire import parse_address
from tests.drivers.build import at

GOOD: dict[str, object] = {
    "address": "tcp://127.0.0.1:9999",
    "backend": "app",
    "blue": "blue",
    "green": "green",
}


@pytest.mark.parametrize(
    "address",
    [
        "tcp://127.0.0.1:9999",
        "tcp://lb-1.example:1",
        "tcp://[::1]:9999",
        "unix:///run/haproxy.sock",
    ],
)
def test_an_address_reads_back_as_it_was_written(address: str) -> None:
    assert str(parse_address(address)) == address
    assert HAProxyConfig.model_validate(GOOD | {"address": address}).address == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "127.0.0.1:9999",
        "http://127.0.0.1:9999",
        "tcp://127.0.0.1",
        "tcp://127.0.0.1:0",
        "tcp://127.0.0.1:65536",
        "tcp://127.0.0.1:99999999999999999999",
        "tcp://user@host:1",
        "tcp://host:1/path",
        "tcp://host;rm:1",
        "tcp://host:1\n",
        "tcp://host:١",
        "unix://run/haproxy.sock",
        "unix:///",
        "unix:///run/a b",
        "unix:///run/a,fork",
        'unix:///run/"; rm',
        "unix:///run/" + "x" * 103,
    ],
)
def test_what_is_no_address_is_refused_with_how_to_write_one(address: str) -> None:
    with pytest.raises(ValidationError, match="is written tcp://HOST:PORT or unix:///PATH"):
        HAProxyConfig.model_validate(GOOD | {"address": address})


@pytest.mark.parametrize("key", ["backend", "blue", "green"])
@settings(deadline=None)
@given(
    bad=st.text().filter(lambda text: not text.isascii() or not text.isalnum())
    | st.sampled_from(["a;b", "a\n", "a b", "a/b", 'a"', "$(x)", "`x`", "#1", "", "x" * 65])
)
def test_a_name_can_end_no_command(key: str, bad: str) -> None:
    try:
        config = HAProxyConfig.model_validate(GOOD | {key: bad})
    except ValidationError:
        return
    name = {"backend": config.backend, "blue": config.blue[0], "green": config.green[0]}[key]
    assert name.isascii()
    assert name.translate(str.maketrans("", "", "_.:-")).isalnum() or set(name) <= set("_.:-")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"address": None}, "either `address` or `addresses`"),
        ({"addresses": ["tcp://h:2"]}, "either `address` or `addresses`"),
        ({"address": None, "addresses": ["tcp://h:1"] * 2}, "names one address twice"),
        ({"green": "blue"}, "name a server twice"),
        ({"blue": ["a", "a"]}, "name a server twice"),
        ({"blue": []}, "from 1 to 64"),
        ({"blue": "two words"}, "letters, digits and . _ : - only"),
        ({"timeout": 0}, "greater than 0"),
        ({"timeout": 31}, "less than or equal to 30"),
        ({"weights": 1}, "Extra inputs are not permitted"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(change: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        HAProxyConfig.model_validate(GOOD | change)


@pytest.mark.parametrize("address", ["tcp://[::1]:9999", "unix:///run/haproxy/admin@1.sock"])
def test_a_shell_reads_manual_commands_as_they_are_meant(address: str) -> None:
    for command in at(address).manual_commands(Decimal(25)):
        echo, line, pipe, socat, dash, _ = shlex.split(command)
        assert [echo, pipe, socat, dash] == ["echo", "|", "socat", "-"]
        assert not set(line) & set("$`\\!\"'")


def test_the_break_glass_sheet() -> None:
    """BLUE up, GREEN down, read back: every node, golden."""
    tcp, unix = "TCP:10.0.0.1:9999", "UNIX-CONNECT:/run/haproxy.sock"
    driver = at("tcp://10.0.0.1:9999", "unix:///run/haproxy.sock", blue=["b1", "b2"], green="g1")
    blue_up = 'echo "set server app/b1 weight 100; set server app/b2 weight 100" | socat - '
    green_down = 'echo "set server app/g1 weight 0" | socat - '
    read_back = 'echo "show servers state app" | socat - '
    assert driver.manual_commands(Decimal(0)) == [
        blue_up + tcp,
        green_down + tcp,
        blue_up + unix,
        green_down + unix,
        read_back + tcp,
        read_back + unix,
    ]
    assert driver.manual_commands(Decimal(100))[0].startswith('echo "set server app/g1 weight 100"')
