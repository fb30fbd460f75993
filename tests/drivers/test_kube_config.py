"""What a runbook may say about a cluster: nothing in it leaves a path, a patch or a line."""

from __future__ import annotations

import json
import shlex
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from migrations_app.domain.errors import Permanent
from migrations_app.drivers.base import DRIVERS
from migrations_app.drivers.kube import cluster
from migrations_app.drivers.kube.cluster import Cluster
from migrations_app.drivers.kube.patch import Op, at, jsonpath
from tests.drivers.kube_bench import NOWHERE, told
from tests.drivers.kube_kinds import KINDS
from tests.drivers.kube_others import IMAGE
from tests.fakes.kube_api import KubeApi

if TYPE_CHECKING:
    from pydantic import BaseModel

ALL = Decimal(100)
NAMED = [
    (name, key)
    for name, kind in KINDS.items()
    for key, value in {**kind.keys, "namespace": "prod"}.items()
    if isinstance(value, str) and key != "moves" and value != IMAGE
]
BAD = ["", "a b", "a/../b", "a'b", 'a"b', "$(x)", "`x`", "a\n", "../x", "a%2fb", "a?b", "-a"]


def parsed(name: str, **keys: object) -> BaseModel:
    kind = KINDS[name]
    return DRIVERS.load(kind.driver).Config.model_validate({**told(), **kind.keys, **keys})


@pytest.mark.parametrize(("name", "key"), NAMED)
def test_a_name_can_leave_nothing(name: str, key: str) -> None:
    for bad in BAD:
        with pytest.raises(ValidationError):
            parsed(name, **{key: bad})


@pytest.mark.parametrize("name", KINDS)
def test_a_shell_reads_manual_commands_as_they_are_meant(name: str) -> None:
    for command in KINDS[name].build(**told(url=NOWHERE)).manual_commands(Decimal(0)):
        words = shlex.split(command)
        assert words[:3] == ["kubectl", "-n", KINDS[name].key.namespace]
        if "--type=json" in words:
            assert json.loads(words[words.index("-p") + 1])


@pytest.mark.parametrize("name", KINDS)
def test_two_sides_are_two(name: str) -> None:
    keys = KINDS[name].keys
    if "blue" in keys:
        with pytest.raises(ValidationError, match="are the same"):
            parsed(name, blue=keys["green"])


@pytest.mark.parametrize(
    ("name", "change", "told_of"),
    [
        ("istio", {"blue": "shop/v1/x"}, "HOST or HOST/SUBSET"),
        ("linkerd", {"traffic_split": "shop"}, "either `http_route` or"),
        ("linkerd smi", {"rule": "main"}, "a TrafficSplit has no rules"),
        ("argo-rollouts", {"steps": [5, 25]}, "the last one 100"),
        ("argo-rollouts", {"steps": [25, 5, 100]}, "rising"),
        ("k8s-service", {"min_ready": 0}, "greater than or equal to 1"),
        ("istio", {"weights": 1}, "Extra inputs"),
        ("istio", {"moves": "all"}, "'share' or 'mirror'"),
        ("argocd", {"moves": "mirror"}, "Extra inputs"),
        ("istio", {"token_file": "/token"}, "either token or token_file"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    name: str, change: dict[str, object], told_of: str
) -> None:
    with pytest.raises(ValidationError, match=told_of):
        parsed(name, **change)


def test_in_a_pod_its_service_account_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "ACCOUNT", tmp_path)
    (tmp_path / "token").write_text("one-token\n")
    found = Cluster(namespace="prod")
    assert found.url == "https://kubernetes.default.svc"
    assert found.ca_file == tmp_path / "ca.crt"
    assert found.headers() == {"authorization": "Bearer one-token"}
    (tmp_path / "token").write_text("another-token\n")
    assert found.headers() == {"authorization": "Bearer another-token"}


def test_a_token_that_rotates_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("the first")
    kind = KINDS["istio"]
    with kind.api() as api:
        keys = {key: value for key, value in told(url=api.url).items() if key != "token"}
        driver = kind.build(**keys, token_file=path)
        for token in ("a-first-token", "a-second-token"):
            path.write_text(token)
            api.token = token
            assert driver.observe().weight == 0


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff", b"two\nlines"])
def test_a_token_that_can_not_be_sent_says_so(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Permanent, match=r"token_file .*/token (can't be read|holds no token)"):
        Cluster(namespace="prod", url=NOWHERE, token_file=path).headers()


def test_outside_of_a_cluster_it_says_what_to_give(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "ACCOUNT", Path("/nowhere"))
    with pytest.raises(Permanent, match="give url and token outside of a cluster"):
        Cluster(namespace="prod").headers()


def test_no_secret_is_shown() -> None:
    token = "a-very-secret-token"
    driver = KINDS["istio"].build(**told(url="http://k8s.example", token=token))
    [finding] = [one for one in driver.check() if one.what == "protection"]
    assert "plain text" in finding.sentence
    assert token not in repr(driver) + repr(Cluster(namespace="x", token=token))


def test_what_answers_is_no_kubernetes() -> None:
    class Page(KubeApi):
        def answer(self, *_: object) -> tuple[int, Any]:
            return 200, ["not an object"]

    with Page() as page, pytest.raises(Permanent, match="does not answer as a Kubernetes API does"):
        KINDS["istio"].build(**told(url=page.url)).observe()


KEYS = st.text("ab~/.", min_size=1, max_size=5)


@settings(deadline=None)
@given(st.lists(KEYS, min_size=1, max_size=4), st.integers())
def test_a_pointer_leads_to_what_it_was_made_of(keys: list[str], value: int) -> None:
    obj: Any = value
    for key in reversed(keys):
        obj = {key: obj}
    pointer = "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in keys)
    assert at(obj, pointer) == value
    assert Op("add", pointer, value).holds(obj)
    assert not Op("remove", pointer).holds(obj)
    assert not Op("add", pointer + "/more", value).holds(obj)


def test_a_pointer_in_the_words_of_kubectl() -> None:
    assert jsonpath("/spec/http/0/route") == ".spec.http[0].route"
    assert jsonpath("/metadata/annotations/a.b~1c") == ".metadata.annotations.a\\.b/c"
