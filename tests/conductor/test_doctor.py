"""The doctor says of each thing how it is, and is never fooled into saying that all is well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import redis
from celery import current_app
from django.conf import settings as django_settings
from django.db import OperationalError, connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from kombu.exceptions import OperationalError as BrokerError

from migrations_app.conductor import doctor, doctor_house
from migrations_app.conductor.beat import beat
from migrations_app.conductor.doctor_words import Mark, Part, Said
from migrations_app.domain.plan.schema import Plan
from migrations_app.drivers.fake.driver import FakeConfig, FakeDriver
from migrations_app.drivers.fake.faults import Faults
from migrations_app.models import Beat
from migrations_app.models.clock import db_now
from migrations_app.sources.fake.script import FaultKind
from migrations_app.sources.fake.source import FakeConfig as SourceConfig
from migrations_app.sources.fake.source import FakeSource
from tests.build import confirm_all, phase, plan_data, started, weight

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_django import Settings

pytestmark = pytest.mark.django_db


def wrong(said: Iterable[Said]) -> list[str]:
    return [one.what for one in said if one.wrong]


def of(said: Iterable[Said], what: str) -> Said:
    return next(one for one in said if one.what == what)


# Our own half.


def test_a_database_as_it_should_be_is_well_but_for_our_powers() -> None:
    said = list(doctor_house.database())
    assert wrong(said) == []
    assert of(said, "version").sentence.startswith("PostgreSQL ")
    assert of(said, "role").mark is Mark.MIND  # tests connect as the owner


def test_migrations_that_are_not_applied_are_told() -> None:
    newest = MigrationLoader(connection).graph.leaf_nodes("migrations_app")[0]
    MigrationRecorder(connection).record_unapplied(*newest)
    said = list(doctor_house.database())
    assert wrong(said) == ["schema"]
    assert "manage.py migrate" in of(said, "schema").sentence


def test_a_missing_trigger_is_told_by_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER append_only ON migrations_app_reading")
    said = list(doctor_house.database())
    assert wrong(said) == ["append-only"]
    assert "migrations_app_reading" in of(said, "append-only").sentence


@pytest.mark.parametrize(("seconds", "side"), [(60, "ahead of"), (-60, "behind")])
def test_a_clock_that_differs_is_told(
    monkeypatch: pytest.MonkeyPatch, seconds: int, side: str
) -> None:
    def elsewhen() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=seconds)

    monkeypatch.setattr(doctor_house, "db_now", elsewhen)
    clock = of(doctor_house.database(), "clock")
    assert clock.wrong
    assert side in clock.sentence


def gone(*_: object) -> None:
    raise OperationalError("connection refused\nis the server running?")


def test_a_database_that_is_away_is_the_only_thing_said_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections["default"], "ensure_connection", gone)
    [said] = doctor_house.database()
    assert said.wrong
    assert "connection refused. See DATABASE_URL" in said.sentence


def test_an_old_database_will_not_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections["default"], "get_database_version", lambda: (13, 4))
    assert wrong(doctor_house.database()) == ["version"]


def test_settings_that_refuse_a_start_are_told(settings: Settings) -> None:
    settings.SECRET_KEY = "short"
    assert "warroom.E001" in wrong(doctor_house.configuration())
    settings.SECRET_KEY = "Zk3v9Qx7Lm2Rt8Wy5Ub1Nc6Hd4Jf0Gs-_aEiOuPqT"
    assert wrong(doctor_house.configuration()) == []


def test_a_poller_is_at_work_silent_or_was_never_there() -> None:
    assert wrong(doctor_house.pollers()) == ["poller"]
    beat("poller")
    assert wrong(doctor_house.pollers()) == []
    Beat.objects.update(at=db_now() - timedelta(minutes=3))
    [said] = doctor_house.pollers()
    assert said.wrong
    assert "3 m" in said.sentence


class Inspected:
    """What `control.inspect` gives; `answers` as Celery's own, or an error to raise."""

    def __init__(self, answers: Any) -> None:
        self.answers = answers

    def __call__(self, timeout: float) -> Inspected:
        assert timeout < 5
        return self

    def active_queues(self) -> Any:
        if isinstance(self.answers, Exception):
            raise self.answers
        return self.answers


@pytest.fixture
def inspected(monkeypatch: pytest.MonkeyPatch) -> Inspected:
    asked = Inspected(None)
    monkeypatch.setattr(current_app.control, "inspect", asked)
    return asked


QUEUES = ["queue metrics", "queue outbox", "queue traffic"]


def test_every_queue_needs_somebody_who_takes_from_it(inspected: Inspected) -> None:
    assert wrong(doctor_house.workers()) == QUEUES
    inspected.answers = {"traffic@a": [{"name": "traffic"}], "all@b": [{"name": "metrics"}]}
    said = list(doctor_house.workers())
    assert wrong(said) == ["queue outbox"]
    assert "traffic@a" in of(said, "queue traffic").sentence
    assert "-Q outbox" in of(said, "queue outbox").sentence


def test_workers_that_cannot_be_asked_are_wrong(inspected: Inspected) -> None:
    inspected.answers = BrokerError("gone")
    assert wrong(doctor_house.workers()) == ["workers"]


def test_a_redis_as_it_should_be_is_well() -> None:
    said = list(doctor_house.broker(django_settings.WARROOM_REDIS_URL))
    assert wrong(said) == []
    assert len(said) == 3


def test_a_redis_that_is_away_is_told_without_its_password() -> None:
    [said] = doctor_house.broker("redis://:hunter2@127.0.0.1:1/0")
    assert said.wrong
    assert "REDIS_URL" in said.sentence
    assert "hunter2" not in str(said)


class Odd(redis.Redis):
    """A server that has its own ideas; `told` is its configuration, None if it won't tell."""

    told: dict[str, str] | None = None
    forgets = False

    def set(self, *_: Any, **__: Any) -> Any:
        self.kept = _[1]

    def getdel(self, *_: Any) -> Any:
        return None if self.forgets else self.kept

    def config_get(self, *_: Any, **__: Any) -> Any:
        if self.told is None:
            raise redis.ResponseError("unknown command CONFIG")
        return self.told


def odd(monkeypatch: pytest.MonkeyPatch, told: dict[str, str] | None, **more: Any) -> list[Said]:
    made = type("Made", (Odd,), {"told": told} | more)
    monkeypatch.setattr(redis, "Redis", made)
    return list(doctor_house.broker("redis://127.0.0.1:1/0"))


def test_a_redis_that_forgets_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    assert wrong(odd(monkeypatch, {}, forgets=True)) == ["127.0.0.1:1"]


def test_how_a_redis_keeps_hints_is_for_people_to_weigh(monkeypatch: pytest.MonkeyPatch) -> None:
    evicting = {"maxmemory": "1000", "maxmemory-policy": "allkeys-lru", "appendonly": "yes"}
    said = odd(monkeypatch, evicting)
    assert (of(said, "eviction").mark, of(said, "persistence").mark) == (Mark.MIND, Mark.WELL)
    assert of(odd(monkeypatch, None), "eviction").mark is Mark.MIND
    assert wrong(said) == []


# The plan's half.


@pytest.fixture
def web() -> Iterator[FakeDriver]:
    driver = FakeDriver(FakeConfig(name="doctored"))
    yield driver
    driver.plane.heal()


@pytest.fixture
def metrics() -> Iterator[FakeSource]:
    source = FakeSource(SourceConfig(name="doctored"))
    source.set("errors", 0.001)
    yield source
    source.heal()


def environment(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "rehearsal",
        "routes": {"web": {"driver": "fake", "config": {"name": "doctored"}}},
        "sources": {"metrics": {"kind": "fake", "config": {"name": "doctored"}}},
    } | changes


def stack(**changes: Any) -> dict[str, Part]:
    """What is said of a plan's only environment, by title without the environment's name."""
    data = plan_data(environments={"rehearsal": environment(**changes.pop("bound", {}))}, **changes)
    parts = doctor.stack(Plan.model_validate(data))
    return {part.title.rpartition(": ")[2]: part for part in parts}


def test_a_stack_as_it_should_be_shows_weights_and_values(
    web: FakeDriver, metrics: FakeSource
) -> None:
    parts = stack()
    routes = parts["routes"].said
    assert wrong([*routes, *parts["sources"].said]) == []
    assert any("is at 0 % GREEN, as it ought to be" in one.sentence for one in routes)
    assert any("0 %, 1 %, 50 %, 100 %" in one.sentence for one in routes)
    assert of(parts["sources"].said, "errors").sentence == "reads 0.1 % now"


def test_a_route_that_is_elsewhere_is_wrong(web: FakeDriver, metrics: FakeSource) -> None:
    web.plane.drift(weight(25))
    try:
        routes = stack()["routes"].said
        assert "is at 25 % GREEN, but ought to be at 0 %" in str(routes)
        assert wrong(routes) == ["web"]
    finally:
        web.plane.drift(weight(0))


def test_while_a_run_is_live_a_route_ought_to_be_where_it_decided(
    web: FakeDriver, metrics: FakeSource
) -> None:
    made = started(phases=[phase("one", 25)])
    confirm_all(made.run_id)
    assert "but ought to be at 25 %" in str(stack()["routes"].said)


def test_a_route_out_of_reach_is_wrong(web: FakeDriver, metrics: FakeSource) -> None:
    web.plane.inject(Faults(unreachable=True))
    routes = stack()["routes"].said
    assert wrong(routes) == ['web, fake plane "doctored"', "web"]
    assert "its weight can't be read" in of(routes, "web").sentence


def test_a_weight_the_driver_cannot_set_is_wrong(web: FakeDriver, metrics: FakeSource) -> None:
    binary = {"web": {"driver": "fake", "config": {"name": "doctored", "binary": True}}}
    routes = stack(bound={"routes": binary})["routes"].said
    told = [one.sentence for one in routes if one.wrong]
    assert [sentence[: len("can't be set to 1")] for sentence in told] == [
        "can't be set to 1",
        "can't be set to 5",
    ]


@pytest.mark.parametrize(
    ("fault", "mark"),
    [
        (FaultKind.EMPTY, Mark.MIND),
        (FaultKind.NAN, Mark.ILL),
        (FaultKind.MANY_SERIES, Mark.ILL),
        (FaultKind.WARNINGS, Mark.ILL),
        (FaultKind.ERROR, Mark.ILL),
    ],
)
def test_a_query_without_one_finite_value_is_never_well(
    metrics: FakeSource, web: FakeDriver, fault: FaultKind, mark: Mark
) -> None:
    metrics.fail(fault, "errors")
    assert of(stack()["sources"].said, "errors").mark is mark


def test_every_part_of_a_check_is_asked(metrics: FakeSource, web: FakeDriver) -> None:
    check = {
        "name": "p95", "source": "metrics", "query": "green", "blue_query": "blue", "unit": "ms",
        "samples_query": "count", "min_samples": 3, "fail_when": "> +25 % vs baseline",
        "baseline": "captured",
    }  # fmt: skip
    metrics.set("green", 210)
    metrics.set("count", 1234)
    said = stack(checks=[check], abort=[{"check": "p95"}])["sources"].said
    assert of(said, "p95").sentence == "reads 210 ms now"
    assert of(said, "p95 (samples)").sentence == "reads 1234 now"
    assert of(said, "p95 (blue)").mark is Mark.MIND
    assert of(said, "p95 (baseline)").mark is Mark.MIND


def test_pushed_evidence_is_waited_for_not_asked(metrics: FakeSource, web: FakeDriver) -> None:
    pushed = stack(bound={"sources": {"metrics": {"kind": "pushed"}}})["sources"].said
    assert [one.mark for one in pushed] == [Mark.WELL]


def test_a_missing_variable_is_named_with_who_needs_it(
    metrics: FakeSource, web: FakeDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THERE", "hunter2")
    monkeypatch.delenv("MISSING", raising=False)
    config = {"url": "${env:MISSING}", "auth": {"bearer": "${env:THERE}"}}
    parts = stack(bound={"sources": {"metrics": {"kind": "prometheus", "config": config}}})
    assert of(parts["variables"].said, "THERE").mark is Mark.WELL
    assert "metrics can't be reached" in of(parts["variables"].said, "MISSING").sentence
    assert wrong(parts["sources"].said) == ["metrics"]
    assert "hunter2" not in str(parts)


def test_an_unknown_kind_and_a_broken_configuration_are_findings(metrics: FakeSource) -> None:
    routes = {"web": {"driver": "faek"}}
    parts = stack(bound={"routes": routes, "channels": {"room": {"kind": "slack"}}})
    assert wrong(parts["routes"].said) == ["web"]
    assert wrong(parts["channels"].said) == ["room"]
    assert wrong(parts["Plan"].said)


def test_an_environment_that_binds_nothing_is_told(metrics: FakeSource, web: FakeDriver) -> None:
    parts = stack(bound={"routes": {}})
    assert "binds nothing to web" in str(parts["rehearsal"].said)


def test_without_a_database_the_stack_says_what_it_could_not_ask(
    metrics: FakeSource, web: FakeDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("migrations_app.conductor.doctor_stack.db_now", gone)
    assert [one.mark for one in stack()["rehearsal"].said] == [Mark.MIND]


def test_alerts_that_never_came_are_told_of(metrics: FakeSource, web: FakeDriver) -> None:
    alerts = {"kind": "alerts", "config": {"senders": ["grafana"]}}
    check = {"name": "errors", "source": "metrics", "query": 'severity="page"', "unit": "count",
             "fail_when": "> 0"}  # fmt: skip
    said = stack(checks=[check], bound={"sources": {"metrics": alerts}})["sources"].said
    assert [one.mark for one in said] == [Mark.WELL, Mark.ILL]
    assert "nothing was ever received from grafana" in said[1].sentence
