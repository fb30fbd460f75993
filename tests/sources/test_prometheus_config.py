"""What a runbook may say about a Prometheus."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from migrations_app.domain.errors import ConfigError
from migrations_app.sources.prometheus.config import PrometheusConfig
from migrations_app.sources.prometheus.source import PrometheusSource

URL = "https://prometheus.example:9090"
SECRET = "OPEN-SESAME"


def config(**keys: object) -> PrometheusConfig:
    return PrometheusConfig.model_validate({"url": URL, **keys})


def test_an_address_is_enough() -> None:
    plain = config()
    assert plain.timeout == timedelta(seconds=3)
    assert plain.max_response_bytes == 1024 * 1024
    assert plain.verify
    assert plain.host == "prometheus.example:9090"


@pytest.mark.parametrize(
    ("written", "read"),
    [(2, timedelta(seconds=2)), (0.5, timedelta(milliseconds=500)), ("1m", timedelta(minutes=1))],
)
def test_a_timeout_is_in_seconds_or_says_its_unit(written: object, read: timedelta) -> None:
    assert config(timeout=written).timeout == read


@pytest.mark.parametrize(
    "keys",
    [
        {"url": ""},
        {"url": "prometheus:9090"},
        {"url": "ftp://prometheus"},
        {"url": "http://"},
        {"url": f"http://me:{SECRET}@prometheus"},
        {"url": f"http://prometheus/?token={SECRET}"},
        {"url": "http://prometheus:99999999"},
        {"url": "http://[::1"},
        {"url": "http://a b"},
        {"tiemout": 3},
        {"auth": {}},
        {"auth": {"bearer": SECRET, "basic": {"username": "a", "password": SECRET}}},
        {"auth": {"basic": {"username": "a:b", "password": SECRET}}},
        {"auth": {"basic": {"username": "a"}}},
        {"auth": {"bearer": f"{SECRET}\r\nX-Injected: yes"}},
        {"auth": {"bearer": ""}},
        {"auth": {"bearer": "tökèn"}},
        {"auth": {"bearer": ["OPEN", "SESAME"]}},
        {"headers": {"X-A": f"{SECRET}\n"}},
        {"headers": {"Bad Name": SECRET}},
        {"headers": {"Authorization": SECRET}},
        {"headers": {"HOST": SECRET}},
        {"tenant": "a\nb"},
        {"timeout": 0},
        {"timeout": -1},
        {"timeout": "6m"},
        {"timeout": float("nan")},
        {"timeout": float("inf")},
        {"timeout": True},
        {"max_response_bytes": 10},
        {"concurrency": 0},
        {"concurrency": 1_000},
        {"freshness": {"query": ""}},
        {"freshness": {"query": "up", "extra": 1}},
        {"client_key": "/key.pem"},
        {"verify": False, "ca_file": "/ca.pem"},
        {"verify": "no"},
    ],
    ids=str,
)
def test_what_is_wrong_is_refused_without_quoting_it(keys: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as caught:
        config(**keys)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("keys", "exposed"),
    [
        ({"auth": {"bearer": SECRET}}, False),
        ({"url": "http://prometheus", "auth": {"bearer": SECRET}}, True),
        ({"url": "http://prometheus", "headers": {"X-Key": SECRET}}, True),
        ({"url": "http://prometheus"}, False),
        ({"url": "http://127.0.0.1:9090", "auth": {"bearer": SECRET}}, False),
        ({"url": "http://localhost", "auth": {"bearer": SECRET}}, False),
        ({"url": "http://[::1]:9090", "auth": {"bearer": SECRET}}, False),
        ({"url": "http://127.0.0.1.example", "auth": {"bearer": SECRET}}, True),
    ],
    ids=str,
)
def test_knows_when_secrets_would_be_exposed(keys: dict[str, object], exposed: bool) -> None:
    assert config(**keys).exposes_secrets is exposed


@pytest.mark.parametrize("key", ["ca_file", "client_cert"])
def test_a_file_that_can_t_be_used_is_named(key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        PrometheusSource(config(**{key: "/there/is/no/such/file.pem"}))
    assert caught.value.path == key
