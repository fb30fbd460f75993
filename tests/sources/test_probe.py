"""What a probe sees of doors in every state."""

from __future__ import annotations

import socket
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from migrations_app.domain.errors import ConfigError
from migrations_app.domain.reading import Outcome
from migrations_app.sources.probe.config import ProbeConfig
from migrations_app.sources.probe.source import ProbeSource
from tests.sources.build import LONG, NOW, SHORT, read_one
from tests.sources.certificates import Authority
from tests.sources.tls_door import Door

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def door(authority: Authority) -> Iterator[Door]:
    with closing(Door(authority.server("orders.example", 10))) as door:
        yield door


def _source(door: Door, ca_file: Path | None, name: str = "orders.example") -> ProbeSource:
    return ProbeSource(
        ProbeConfig.model_validate(
            {
                "targets": {
                    "web": f"tls://127.0.0.1:{door.port}",
                    "gone": f"tls://127.0.0.1:{_free()}",
                },
                "server_names": {"web": name},
                "ca_file": ca_file and str(ca_file),
                "timeout": LONG,
            }
        )
    )


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@pytest.mark.parametrize(
    ("text", "value"),
    [("connects(web)", 1.0), ("connects(gone)", 0.0), ("cert_ok(web)", 1.0), ("cert_days(web)", 9)],
)
def test_what_can_be_seen(door: Door, authority: Authority, text: str, value: float) -> None:
    with closing(_source(door, authority.file)) as source:
        assert read_one(source, text, NOW).value == value


@pytest.mark.parametrize("text", ["connect_ms(web)", "tls_ms(web)"])
def test_how_long_it_takes(door: Door, authority: Authority, text: str) -> None:
    with closing(_source(door, authority.file)) as source:
        value = read_one(source, text, NOW).value
    assert value is not None
    assert 0 < value < LONG * 1000


def test_an_expired_certificate_says_for_how_long(door: Door, authority: Authority) -> None:
    door.context = authority.server("orders.example", -3)
    with closing(_source(door, authority.file)) as source:
        assert read_one(source, "cert_days(web)", NOW).value == -4
        assert read_one(source, "cert_ok(web)", NOW).value == 0
        assert not all(one.ok for one in source.check())


def test_a_certificate_for_somebody_else_is_not_ok(door: Door, authority: Authority) -> None:
    with closing(_source(door, authority.file, "payments.example")) as source:
        assert read_one(source, "cert_ok(web)", NOW).value == 0
        assert read_one(source, "cert_days(web)", NOW).value == 9


def test_a_stranger_s_certificate_is_no_data_but_not_ok(door: Door) -> None:
    with closing(_source(door, None)) as source:
        assert read_one(source, "cert_ok(web)", NOW).value == 0
        reading = read_one(source, "cert_days(web)", NOW)
    assert reading.outcome is Outcome.ERROR
    assert "set ca_file" in reading.detail


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("connect_ms(gone)", "refuses connections"),
        ("cert_ok(gone)", "refuses connections"),
        ("connects(nobody)", "no such target"),
        ("connects(web, gone)", "no such target"),
        ("connects", "write it as connects(target)"),
        ("ping(web)", "known: cert_days"),
    ],
)
def test_what_can_t_be_seen_says_why(
    door: Door, authority: Authority, text: str, words: str
) -> None:
    with closing(_source(door, authority.file)) as source:
        reading = read_one(source, text, NOW)
    assert reading.outcome is Outcome.ERROR
    assert words in reading.detail


def test_a_name_without_an_address_says_so(
    door: Door, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with closing(_source(door, authority.file)) as source:
        monkeypatch.setattr(socket, "getaddrinfo", nobody)
        assert "has no address" in read_one(source, "connects(web)", NOW).detail


def test_a_door_that_talks_no_tls_is_an_error(authority: Authority) -> None:
    with closing(Door()) as plain, closing(_source(plain, authority.file)) as source:
        plain.context = None
        with plain.silent():
            pass
        reading = read_one(source, "cert_ok(web)", NOW)
    assert reading.outcome is Outcome.ERROR


def test_connects_is_no_answer_where_nobody_takes_or_refuses() -> None:
    """A queue of connections that is full is how a host looks that drops packets."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as deaf:
        port = deaf.getsockname()[1]
        fillers = [socket.socket() for _ in range(4)]
        for one in fillers:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        config = {"targets": {"web": f"tcp://127.0.0.1:{port}"}, "timeout": SHORT}
        with closing(ProbeSource(ProbeConfig.model_validate(config))) as source:
            assert read_one(source, "connects(web)", NOW).outcome is Outcome.TIMEOUT
        for one in fillers:
            one.close()


@pytest.mark.parametrize(
    "keys",
    [
        {"targets": {}},
        {"targets": {"web": "orders.example:443"}},
        {"targets": {"web": "tls://orders.example"}},
        {"targets": {"web": "tls://me@orders.example:443"}},
        {"targets": {"web": "tls://orders.example:443/health"}},
        {"targets": {"web": "tls://a b:443"}},
        {"targets": {"Web()": "tcp://a:1"}},
        {"targets": {"web": "tcp://a:1"}, "server_names": {"wep": "a"}},
        {"targets": {"web": "tcp://a:1"}, "server_names": {"web": "a b"}},
    ],
)
def test_a_configuration_is_held_to_its_word(keys: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ProbeConfig.model_validate(keys)


def test_an_authority_that_can_t_be_read_is_named(tmp_path: Path) -> None:
    config = ProbeConfig.model_validate(
        {"targets": {"web": "tls://a:1"}, "ca_file": str(tmp_path / "nowhere.pem")}
    )
    with pytest.raises(ConfigError, match="ca_file"):
        ProbeSource(config)
