"""What the Prometheus source sends."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from migrations_app.domain.reading import Query
from tests.sources.build import NOW, prometheus, read_one

if TYPE_CHECKING:
    from tests.sources.stub import Stub


def test_a_question_is_a_form_with_its_own_time_and_timeout(stub: Stub) -> None:
    with prometheus(stub.url, timeout=7.5) as source:
        read_one(source, "value 1")
    assert (stub.last.method, stub.last.path) == ("POST", "/api/v1/query")
    assert float(stub.last.form["time"]) == NOW.timestamp()
    assert float(stub.last.form["timeout"]) == 7.5
    assert stub.last.form["query"] == "value 1"
    assert "lookback_delta" not in stub.last.form


def test_a_query_arrives_as_it_was_written(stub: Stub) -> None:
    text = 'value 1 # sum(rate(x{path=~"/a.*&b=%20+ü"}[5m]))\n > 0.3'
    with prometheus(stub.url) as source:
        read_one(source, text)
    assert stub.last.form["query"] == text


def test_an_offset_is_a_shift_of_the_time(stub: Stub) -> None:
    with prometheus(stub.url) as source:
        source.read([Query("then", "value 1", timedelta(days=1, milliseconds=1))], NOW)
    assert float(stub.last.form["time"]) == pytest.approx(NOW.timestamp() - 86_400.001, abs=1e-4)


def test_lookback_is_passed_on(stub: Stub) -> None:
    with prometheus(stub.url, lookback="1m30s") as source:
        read_one(source, "value 1")
    assert float(stub.last.form["lookback_delta"]) == 90


def test_the_path_of_the_address_is_kept(stub: Stub) -> None:
    with prometheus(f"{stub.url}/prometheus/") as source:
        read_one(source, "value 1")
    assert stub.last.path == "/prometheus/api/v1/query"


@pytest.mark.parametrize(
    ("auth", "sent"),
    [
        ({"basic": {"username": "me", "password": "pä:ss"}}, "Basic bWU6cMOkOnNz"),
        ({"bearer": "abc.def"}, "Bearer abc.def"),
        (None, None),
    ],
)
def test_credentials_go_into_the_header(auth: object, sent: str | None, stub: Stub) -> None:
    with prometheus(stub.url, auth=auth) as source:
        read_one(source, "value 1")
    assert stub.last.headers.get("authorization") == sent


def test_tenant_and_extra_headers(stub: Stub) -> None:
    with prometheus(stub.url, tenant="team-a|team-b", headers={"X-Scope": "yes"}) as source:
        read_one(source, "value 1")
    assert stub.last.headers["x-scope-orgid"] == "team-a|team-b"
    assert stub.last.headers["x-scope"] == "yes"


def test_neither_proxies_nor_netrc_of_the_environment_are_used(
    stub: Stub, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    netrc = tmp_path_factory.mktemp("home") / ".netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with prometheus(stub.url) as source:
        assert read_one(source, "value 1").value == 1
        assert source.history(Query("h", "line"), NOW, NOW, timedelta(seconds=1))
    assert not any("authorization" in request.headers for request in stub.requests)


def test_equal_questions_are_asked_once(stub: Stub) -> None:
    texts = ["value 1", "value 2", "value 1", "value 1"]
    queries = [Query(str(number), text) for number, text in enumerate(texts)]
    with prometheus(stub.url) as source:
        readings = source.read([*queries, Query("then", "value 1", timedelta(hours=1))], NOW)
    assert [one.value for one in readings] == [1, 2, 1, 1, 1]
    assert len(stub.requests) == 3
