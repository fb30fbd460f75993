"""TLS both ways, with a stub and with a real Prometheus."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from migrations_app.domain.reading import Outcome, Query
from tests.practice.promql.past import openmetrics, past
from tests.real_prometheus import NEEDED as NEEDS_PROMETHEUS
from tests.real_prometheus import Setup
from tests.real_prometheus import prometheus as real_prometheus
from tests.sources.build import NOW, SHORT, answers_again, prometheus, read_one
from tests.sources.stub import running
from tests.sources.tls import NEEDED, Papers, papers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sources.stub import Stub

pytestmark = NEEDED
KEYS = (("cert_file", "pem"), ("key_file", "key"))
# bcrypt of "practice", made for this test.
USERS = {"warroom": "$2b$04$kw3KWf7CJtvPWn3oXPdxAu7cCvU0NgUZX3GltN17JyQiVKu69UegC"}


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return papers(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def stub(pem: Papers) -> Iterator[Stub]:
    with running(pem.server()) as stub:
        yield stub


@pytest.fixture
def strict(pem: Papers) -> Iterator[Stub]:
    with running(pem.server(asks_for_a_certificate=True)) as stub:
        yield stub


def test_an_authority_of_ones_own(stub: Stub, pem: Papers) -> None:
    with prometheus(stub.url, ca_file=str(pem.file("ca.pem"))) as source:
        assert [read_one(source, f"value {n}").value for n in range(3)] == [0, 1, 2]
        assert all(finding.ok for finding in source.check())
    assert stub.connections <= 3


def test_a_stranger_is_not_trusted(stub: Stub) -> None:
    with prometheus(stub.url) as source:
        reading = read_one(source, "value 1")
    assert reading.outcome is Outcome.ERROR
    assert "is not trusted" in reading.detail
    assert "set ca_file" in reading.detail
    assert stub.requests == []


def test_the_name_must_be_right(stub: Stub, pem: Papers) -> None:
    url = stub.url.replace("127.0.0.1", "localhost")
    with prometheus(url, ca_file=str(pem.file("ca.pem"))) as source:
        assert "is not trusted" in read_one(source, "value 1").detail


def test_not_to_verify_is_possible_and_reported(stub: Stub) -> None:
    with prometheus(stub.url, verify=False) as source:
        assert read_one(source, "value 1").value == 1
        (finding,) = [finding for finding in source.check() if not finding.ok]
    assert "forge healthy metrics" in finding.sentence


def test_a_certificate_of_ours(strict: Stub, pem: Papers) -> None:
    ours, key, ca = (str(pem.file(name)) for name in ("client.pem", "client.key", "ca.pem"))
    with prometheus(strict.url, ca_file=ca, client_cert=ours, client_key=key) as source:
        assert read_one(source, "value 1").value == 1


def test_without_a_certificate_of_ours_there_is_no_answer(strict: Stub, pem: Papers) -> None:
    with prometheus(strict.url, ca_file=str(pem.file("ca.pem"))) as source:
        assert read_one(source, "value 1").outcome is Outcome.ERROR


def test_threads_come_back_from_answers_that_never_end(stub: Stub, pem: Papers) -> None:
    ca_file = str(pem.file("ca.pem"))
    with prometheus(stub.url, SHORT, ca_file=ca_file, concurrency=2) as source:
        for text in ("drip", "drip-head", "hang") * 2:
            source.read([Query(str(number), f"{text} {number}") for number in range(2)], NOW)
        assert answers_again(source, "value 7")


def test_a_handshake_that_never_ends(pem: Papers) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"https://127.0.0.1:{mute.getsockname()[1]}"
        with prometheus(url, SHORT, ca_file=str(pem.file("ca.pem"))) as source:
            assert read_one(source, "value 1").outcome is Outcome.TIMEOUT


def test_plain_http_to_a_tls_server(stub: Stub) -> None:
    with prometheus(stub.url.replace("https", "http")) as source:
        assert read_one(source, "value 1").outcome is Outcome.ERROR


@pytest.mark.parametrize(
    ("password", "outcome"), [("practice", Outcome.OK), ("guess", Outcome.ERROR)]
)
class TestRealOne:
    pytestmark = NEEDS_PROMETHEUS

    def test_with_tls_and_users(self, password: str, outcome: Outcome, pem: Papers) -> None:
        server = {name: str(pem.file(f"server.{end}")) for name, end in KEYS}
        web = {"tls_server_config": server, "basic_auth_users": USERS}
        setup = Setup(past=openmetrics(past()), web=web, ca_file=pem.file("ca.pem"))
        auth = {"basic": {"username": "warroom", "password": password}}
        ca_file = str(pem.file("ca.pem"))
        with (
            real_prometheus(setup) as real,
            prometheus(real.url, auth=auth, ca_file=ca_file) as source,
        ):
            reading = read_one(source, "vector(7)")
            assert reading.outcome is outcome
            assert (reading.value == 7) or "not logged in there (401)" in reading.detail
            assert all(finding.ok for finding in source.check()) == (outcome is Outcome.OK)
