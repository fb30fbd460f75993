"""Every kind against a server that refuses, is busy, lies, or is changed by others meanwhile."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.domain.errors import Conflict, Permanent, Transient, UnknownOutcome
from tests.drivers.kube_bench import told
from tests.drivers.kube_kinds import KINDS
from tests.fakes.kube_api import BROKEN, BUSY, LIE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.drivers.kube_bench import KubeBench

    Obj = dict[str, Any]

ALL, NOTHING = Decimal(100), Decimal(0)


@pytest.fixture(params=KINDS)
def bench(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[KubeBench[Any]]:
    kind = KINDS[request.param]
    with kind.api() as api:
        yield kind.bench(api, tmp_path_factory.mktemp("bin"))


def touched(obj: Obj) -> Obj:
    """What moves nothing, and yet makes a new version."""
    obj["metadata"].setdefault("labels", {})["seen"] = obj["metadata"]["resourceVersion"]
    return obj


def test_a_token_that_is_not_taken(bench: KubeBench[Any]) -> None:
    driver = bench.build(**told(url=bench.api.url, token="another-token"))
    for call in (driver.observe, lambda: driver.apply(ALL, None)):
        with pytest.raises(Permanent, match="not logged in there"):
            call()
    [finding] = [one for one in driver.check() if not one.ok]
    assert "check the credentials" in finding.sentence
    assert "another-token" not in finding.sentence


def test_a_role_that_may_only_read(bench: KubeBench[Any]) -> None:
    kinds = {"pods", "endpointslices.discovery.k8s.io", "serviceprofiles.linkerd.io"}
    kinds |= {"destinationrules.networking.istio.io"}
    bench.api.rights = {("get", bench.key.kind)} | {("list", kind) for kind in kinds}
    assert bench.driver.observe().weight == NOTHING
    with pytest.raises(Permanent, match="check its rights"):
        bench.driver.apply(ALL, None)
    assert bench.truth() == NOTHING
    refused = [one for one in bench.driver.check() if not one.ok]
    assert any("A rollback would be refused" in one.sentence for one in refused)


def test_a_server_that_asks_for_patience(bench: KubeBench[Any]) -> None:
    with bench.api.going_wrong(BUSY), pytest.raises(Transient) as busy:
        bench.driver.apply(ALL, None)
    assert busy.value.retry_after == 1
    assert bench.truth() == NOTHING


def test_a_server_that_fails_while_it_writes(bench: KubeBench[Any]) -> None:
    with bench.api.going_wrong(BROKEN), pytest.raises(UnknownOutcome):
        bench.driver.apply(ALL, None)


def test_a_server_that_says_yes_and_does_nothing(bench: KubeBench[Any]) -> None:
    with bench.api.going_wrong(LIE):
        bench.driver.apply(ALL, None)
    assert bench.driver.observe().weight == bench.truth() == NOTHING


def test_a_controller_that_writes_in_between_is_no_conflict(bench: KubeBench[Any]) -> None:
    token = bench.driver.observe().token
    bench.api.meddling.append(lambda: bench.api.store.change(bench.key, touched))
    bench.driver.apply(ALL, token)
    assert bench.driver.observe().weight == bench.truth() == ALL


def test_somebody_who_moves_it_in_between_is_a_conflict(bench: KubeBench[Any]) -> None:
    token = bench.driver.observe().token
    bench.api.meddling.append(lambda: bench.move(ALL))
    with pytest.raises(Conflict, match="Somebody else has changed"):
        bench.driver.apply(ALL, token)
    assert len(bench.api.writes) == 1


def test_the_way_back_wins_over_whoever_else_writes(bench: KubeBench[Any]) -> None:
    bench.move(ALL)
    bench.api.meddling += [lambda: bench.api.store.change(bench.key, touched)] * 2
    bench.driver.apply(NOTHING, None)
    assert bench.driver.observe().weight == bench.truth() == NOTHING


def test_an_object_that_is_not_there(bench: KubeBench[Any]) -> None:
    bench.api.store.delete(bench.key)
    with pytest.raises(Permanent, match="nothing of that name"):
        bench.driver.observe()
    assert bench.driver.manual_commands(NOTHING)
    assert any("nothing of that name" in line for line in bench.driver.preview(NOTHING))


def test_an_object_that_never_stands_still(bench: KubeBench[Any]) -> None:
    def touch() -> None:
        bench.api.meddling.append(touch)
        bench.api.store.change(bench.key, touched)

    touch()
    driver = bench.build(**told(url=bench.api.url, timeout=3))
    with pytest.raises(Transient):
        driver.apply(ALL, None)
    assert bench.truth() == NOTHING


def test_whoever_wrote_it_is_told_in_the_object(bench: KubeBench[Any]) -> None:
    bench.driver.apply(ALL, None)
    fields = bench.api.store.get(bench.key)["metadata"]["managedFields"]
    assert "warroom" in {one["manager"] for one in fields}


def test_a_doctor_finds_nothing_wrong_with_what_is_well(bench: KubeBench[Any]) -> None:
    wrong = [one.sentence for one in bench.driver.check() if not one.ok]
    assert [one for one in wrong if "maxBodySize" not in one] == []


@pytest.mark.parametrize(
    ("metadata", "told_of"),
    [
        (
            {"annotations": {"argocd.argoproj.io/tracking-id": "shop-app:x/Y:prod/shop"}},
            '"shop-app"',
        ),
        ({"labels": {"argocd.argoproj.io/instance": "shop-app"}}, "shop-app"),
        ({"managedFields": [{"manager": "argocd-controller"}]}, "Argo CD manages it"),
        ({"labels": {"kustomize.toolkit.fluxcd.io/name": "apps"}}, "Flux manages it"),
        (
            {"ownerReferences": [{"kind": "Canary", "name": "shop", "controller": True}]},
            "Canary shop controls it",
        ),
        ({"managedFields": [{"manager": "rollouts-controller"}]}, "an Argo Rollout moves"),
    ],
)
def test_others_who_would_undo_it_are_named(metadata: Obj, told_of: str) -> None:
    kind = KINDS["istio"]
    with kind.api() as api:
        api.store.settle(kind.key, lambda obj: obj | {"metadata": obj["metadata"] | metadata})
        wrong = [one for one in kind.build(**told(url=api.url)).check() if not one.ok]
    assert any(told_of in one.sentence for one in wrong)
