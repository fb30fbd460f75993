"""What a runbook may say about a route through Envoy, and what it is told when it may not."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from migrations_app.drivers.envoy.config import EnvoyConfig, EnvoyFileConfig

WELL: dict[str, object] = {"url": "http://127.0.0.1:9901", "blue": "blue", "green": "green"}
RUNTIME = {**WELL, "runtime_key_prefix": "app"}
FILE = {**WELL, "file": "/etc/envoy/routes.yaml"}


@pytest.mark.parametrize(
    "name", ["outbound|80||orders.shop", "orders:v2", "team/orders@eu", "a.b-c"]
)
def test_names_as_meshes_make_them(name: str) -> None:
    assert EnvoyConfig.model_validate({**RUNTIME, "green": name}).green == name


@pytest.mark.parametrize(
    "name", ["", "a b", "a'b", "a;b", "$a", "a&b", "a\nb", "ü", "a" * 201, "a`b"]
)
def test_a_name_can_end_no_command(name: str) -> None:
    for key in ("blue", "green", "runtime_key_prefix"):
        with pytest.raises(ValidationError, match=key):
            EnvoyConfig.model_validate({**RUNTIME, key: name})


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"runtime_key_prefix": None}, "give either `runtime_key_prefix`"),
        ({"runtime_key": "app.green"}, "give either `runtime_key_prefix`"),
        ({"moves": "mirror"}, "needs the `runtime_key` of the mirror policy"),
        ({"green": "blue"}, "name the same cluster"),
        ({"others": ["http://127.0.0.1:9901"]}, "name one address twice"),
        ({"url": "http://root:pw@127.0.0.1:9901"}, "never into the address"),
    ],
)
def test_says_what_is_wrong(keys: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        EnvoyConfig.model_validate({**RUNTIME, **keys})


@pytest.mark.parametrize(
    "file",
    ["routes.yaml", "/etc/../routes.yaml", "/a b.yaml", "/", "/etc/", "/.hidden", "/a;b", "/a'b"],
)
def test_a_file_is_whole_plain_and_nowhere_above(file: str) -> None:
    with pytest.raises(ValidationError, match="file"):
        EnvoyFileConfig.model_validate({**FILE, "file": file})


def test_every_process_has_a_place_of_its_own() -> None:
    told = {**RUNTIME, "others": ["http://127.0.0.2:9901/"], "ca_file": "/etc/ca.pem"}
    places = EnvoyConfig.model_validate(told).places()
    assert [place.url for place in places] == ["http://127.0.0.1:9901", "http://127.0.0.2:9901"]
    assert {str(place.ca_file) for place in places} == {"/etc/ca.pem"}
