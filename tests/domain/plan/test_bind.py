"""A plan bound to an environment, and the snapshot a run keeps of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from migrations_app.domain.envref import variables
from migrations_app.domain.errors import ConfigError
from migrations_app.domain.plan.bind import BoundPlan, bind, digest
from migrations_app.domain.plan.environment import (
    Environment,
    EnvironmentKind,
    RouteBinding,
    SourceBinding,
)
from migrations_app.domain.plan.runbook import load
from migrations_app.domain.plan.schema import Plan, Topic
from tests.domain.plan.strategies import PLANS
from tests.domain.plan.test_roundtrip import built_in


def orders() -> Plan:
    return load(built_in("orders-db.yaml"))


def edited(**changes: Any) -> Plan:
    return Plan.model_validate(orders().model_dump(mode="json") | changes)


def test_an_environment_brings_its_own_routes_sources_and_channels() -> None:
    rehearsal, production = bind(orders(), "rehearsal"), bind(orders(), "production")
    assert rehearsal.kind is EnvironmentKind.REHEARSAL
    assert rehearsal.routes["reads"].config["address"] == "${env:STAGING_HAPROXY}"
    assert production.routes["reads"].config["backend"] == "orders-reads"
    assert production.sources["metrics"].config["tenant"] == "shop"
    assert production.plan.phases == rehearsal.plan.phases == orders().phases


def test_variables_are_filled_into_every_query() -> None:
    text = json.dumps(bind(orders(), "production").to_snapshot())
    assert "${var:" not in text
    assert 'env=\\"production\\",svc=\\"orders\\",track=\\"green\\"' in text
    assert "staging" not in text


def test_secrets_stay_references() -> None:
    channel = bind(orders(), "production").channels["war-room"]
    assert channel.config["token"] == "${env:SLACK_BOT_TOKEN}"


def test_a_query_of_a_baseline_is_filled_in_too() -> None:
    check = {
        "name": "c",
        "source": "metrics",
        "query": "x",
        "unit": "s",
        "fail_when": "> 1 %  vs baseline",
        "baseline": {"offset": "1d", "query": "y{${var:green}}"},
    }
    bound = bind(edited(checks=[check]), "rehearsal")
    baseline = bound.check("c").baseline
    assert baseline is not None
    assert baseline.query == 'y{env="staging",svc="orders",track="green"}'


@pytest.mark.parametrize("environment", ["rehearsal", "production"])
def test_a_snapshot_loses_nothing(environment: str) -> None:
    bound = bind(orders(), environment)
    stored = json.loads(json.dumps(bound.to_snapshot()))
    assert BoundPlan.from_snapshot(stored) == bound
    assert digest(stored) == bound.sha256


def test_a_snapshot_spells_out_defaults() -> None:
    phase = bind(orders(), "production").to_snapshot()["plan"]["phases"][0]  # type: ignore[index,call-overload]  # JSON
    assert phase["abort_policy"] == "rollback"  # type: ignore[index,call-overload]  # JSON


def test_the_digest_does_not_depend_on_the_order_of_keys() -> None:
    snapshot = bind(orders(), "production").to_snapshot()
    assert digest(dict(reversed(list(snapshot.items())))) == digest(snapshot)


def test_the_digest_notices_any_change() -> None:
    seen = {bind(orders(), name).sha256 for name in ("rehearsal", "production")}
    seen.add(bind(edited(title="Other"), "production").sha256)
    assert len(seen) == 3


def test_an_unknown_environment_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match='Did you mean "production"'):
        bind(orders(), "prodution")


@pytest.mark.parametrize("part", ["routes", "sources"])
def test_a_missing_binding_is_named(part: str) -> None:
    environments = orders().model_dump(mode="json")["environments"]
    environments["production"][part] = {}
    with pytest.raises(ConfigError) as caught:
        bind(edited(environments=environments), "production")
    assert caught.value.path == f"environments.production.{part}"
    assert "binds nothing to" in caught.value.message


def test_a_missing_variable_names_the_query() -> None:
    environments = orders().model_dump(mode="json")["environments"]
    environments["production"]["vars"] = {}
    with pytest.raises(ConfigError) as caught:
        bind(edited(environments=environments), "production")
    assert caught.value.path == "checks[0].query"


def test_a_channel_hears_everything_unless_the_plan_says_otherwise() -> None:
    bound = bind(orders(), "production")
    assert bound.topics("status") == (Topic.PHASES, Topic.ROLLBACKS, Topic.UPDATES)
    assert bound.topics("another") == tuple(Topic)


def test_parts_are_found_by_name() -> None:
    bound = bind(orders(), "production")
    assert bound.check("p95").name == "p95"
    assert bound.phase("half").name == "half"
    with pytest.raises(KeyError):
        bound.phase("third")


def bindable(plan: Plan) -> Plan:
    """`plan` with one more environment, `e`, that binds all it needs."""
    queries = plan.model_dump_json(include={"checks"})
    environment = Environment(
        kind=EnvironmentKind.PRODUCTION,
        routes={route.name: RouteBinding(driver="fake") for route in plan.routes},
        sources={check.source: SourceBinding(kind="fake") for check in plan.checks},
        vars=dict.fromkeys(variables(queries), "x"),
    )
    return plan.model_copy(update={"environments": {**plan.environments, "e": environment}})


@given(PLANS)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_whatever_binds_survives_its_snapshot(plan: Plan) -> None:
    bound = bind(bindable(plan), "e")
    stored = json.loads(json.dumps(bound.to_snapshot()))
    assert BoundPlan.from_snapshot(stored) == bound
    assert digest(stored) == bound.sha256
