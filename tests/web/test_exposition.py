"""What /metrics tells: the truth of the tables, to whoever it is for, and nothing of anybody's."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from migrations_app.actions import engine, rollback
from migrations_app.actions.rollback import Back
from migrations_app.conductor.beat import beat
from migrations_app.domain.states import State
from migrations_app.models import (
    Beat,
    Check,
    Delivery,
    Flip,
    Gate,
    Latch,
    Letter,
    Migration,
    Route,
    Run,
    SourceTick,
    StatusPage,
    Subscriber,
)
from migrations_app.models.clock import db_now
from migrations_app.reads import vitals as reads
from migrations_app.reads.signs import SIGNS
from tests.build import Room, at_gate, confirm_all, phase, room, started

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries, Settings

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
CHANNELS = {
    "rehearsal": {
        "kind": "rehearsal",
        "routes": {"web": {"driver": "fake", "config": {"name": "web"}}},
        "sources": {"metrics": {"kind": "fake", "config": {}, "interval": "1s"}},
        "channels": {"team": {"kind": "fake", "config": {"name": "team"}}},
    }
}


def ask(**headers: str) -> Any:
    return Client().get("/metrics", headers=headers)


def told() -> dict[str, float]:
    """Every sample: `name{label="value"}` and its number."""
    answer = ask()
    assert answer.status_code == 200
    return {
        sample.name + "".join(f"/{value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def test_every_sign_is_there_or_says_that_there_is_nothing() -> None:
    found = told()
    assert {sign.name for sign in SIGNS if sign.unknown is not None} <= found.keys()
    assert not {sign.name for sign in SIGNS if sign.unknown is None} & found.keys()
    assert found["warroom_poller_last_beat_timestamp_seconds"] == 0
    assert {state for state in State if f"warroom_runs/production/{state}" not in found} == set()
    assert "process_resident_memory_bytes" in found


def test_runs_by_state_and_kind() -> None:
    started()
    found = told()
    assert found["warroom_runs/rehearsal/shifting"] == 1
    assert found["warroom_runs/production/shifting"] == found["warroom_runs/rehearsal/held"] == 0


def test_the_pollers_beat_and_both_clocks() -> None:
    beat("poller")
    Beat.objects.update(at=db_now() - MINUTE)
    found = told()
    assert 60 <= found["warroom_poller_silence_seconds"] < 120
    assert found["warroom_poller_last_beat_timestamp_seconds"] > 1e9
    assert found["warroom_clock_skew_seconds/poller"] > 50
    assert abs(found["warroom_clock_skew_seconds/web"]) < 50
    Beat.objects.update(detail="")
    assert "warroom_clock_skew_seconds/poller" not in told()


def test_a_run_that_is_blind_and_one_that_is_held_for_another_reason() -> None:
    made = at_gate()
    engine.hold(made.run_id, "blind for 3 m", "blind")
    assert told()["warroom_runs_blind"] == 1
    Run.objects.update(state="gate")
    engine.hold(made.run_id, "somebody moved it", "drift")
    assert told()["warroom_runs_blind"] == 0


def test_checks_without_data_count_while_the_run_is_under_way() -> None:
    made = started()
    Check.objects.update(status="NO_DATA")
    assert told()["warroom_checks_without_data"] == 1
    Run.objects.filter(pk=made.run_id).update(state="completed")
    assert told()["warroom_checks_without_data"] == 0


def test_how_far_sources_are_behind() -> None:
    made = started()
    SourceTick.objects.update(slot=7, done_slot=4, done_at=db_now() - MINUTE)
    found = told()
    assert found["warroom_source_ticks_behind"] == 3
    assert 60 <= found["warroom_source_intervals_silent"] < 120
    Run.objects.filter(pk=made.run_id).update(state="called_off")
    assert told()["warroom_source_ticks_behind"] == 0


def test_messages_and_letters_that_wait() -> None:
    made = started(environments=CHANNELS)
    Delivery.objects.update(created_at=db_now() - MINUTE)
    page = StatusPage.objects.create(migration=Migration.objects.get(), title="Orders")
    reader = Subscriber.objects.create(page=page, email="reader@example.org")
    Letter.objects.create(subscriber=reader, key="one", created_at=db_now() - 2 * MINUTE)
    found = told()
    assert found["warroom_messages_undelivered"] == Delivery.objects.filter(run=made.run_id).count()
    assert 60 <= found["warroom_message_oldest_undelivered_seconds"] < 120
    assert found["warroom_letters_queued"] == 1
    assert 120 <= found["warroom_letter_oldest_queued_seconds"] < 180
    Delivery.objects.update(state="sent")
    Letter.objects.update(state="sent")
    found = told()
    assert found["warroom_messages_undelivered"] == found["warroom_letters_queued"] == 0
    assert found["warroom_message_oldest_undelivered_seconds"] == 0


def test_routes_astray_and_in_trouble_while_they_are_read() -> None:
    made = started()
    Route.objects.update(drift_since=db_now(), trouble="no answer")
    found = told()
    assert found["warroom_routes_drifting"] == found["warroom_routes_in_trouble"] == 1
    Route.objects.filter(run=made.run_id).update(read_at=None)
    assert told()["warroom_routes_drifting"] == 0


def called_back() -> Room:
    made = at_gate(phases=[phase("half", 50), phase("all", 100)])
    rollback.latch(made.run_id, made.lee, Back(reason="sick"))
    return made


def test_the_life_of_a_rollback() -> None:
    made = called_back()
    assert told()["warroom_latches_unwritten"] == 1
    rollback.write_down(made.run_id)
    Flip.objects.filter(closed_at=None).update(requested_at=db_now() - MINUTE, failure="no answer")
    found = told()
    assert found["warroom_latches_unwritten"] == 0
    assert 60 <= found["warroom_rollback_open_seconds"] < 120
    assert found["warroom_rollback_routes_unverified"] == 1
    assert "warroom_rollback_last_seconds" not in found
    confirm_all(made.run_id)
    found = told()
    assert found["warroom_rollback_open_seconds"] == 0
    took = Flip.objects.filter(purpose="rollback").latest("id").confirmed_at - latch_at()
    assert found["warroom_rollback_last_seconds"] == pytest.approx(took.total_seconds())
    stamp = latch_at().timestamp()
    assert found["warroom_rollback_last_timestamp_seconds"] == pytest.approx(stamp)


def latch_at() -> Any:
    return Latch.objects.get().at


def test_a_gate_that_waits() -> None:
    at_gate()
    Gate.objects.filter(closed_at=None).update(opened_at=db_now() - MINUTE)
    assert 60 <= told()["warroom_gate_waiting_seconds"] < 120


def test_what_a_poller_ought_to_have_handed_out() -> None:
    made = started(environments=CHANNELS)
    late = db_now() - MINUTE
    Run.objects.update(wake_at=late)
    SourceTick.objects.update(due_at=late)
    Route.objects.update(read_at=late)
    made.run.channel_posts.update(due_at=late, not_before=db_now() + MINUTE)
    found = told()
    for what in ("run", "source", "route"):
        assert 60 <= found[f"warroom_work_overdue_seconds/{what}"] < 120
    assert found["warroom_work_overdue_seconds/channel"] == 0


def test_two_statements_however_much_there_is(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    at_gate()
    with django_assert_num_queries(5):  # a savepoint around the patience and the two
        reads.vitals()


def test_nothing_that_anybody_typed_is_told() -> None:
    called_back()
    page = ask().content.decode()
    for typed in ("orders-db", "Orders database", "errors", "sick", "ana", "lee"):
        assert typed not in page, typed


def test_without_postgresql_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("connection refused, password=s3cret")

    monkeypatch.setattr("migrations_app.web.exposition.vitals", away)
    answer = ask()
    assert (answer.status_code, answer.content) == (503, b"the database does not answer\n")


def test_prometheus_is_spoken_to_as_it_asks() -> None:
    answer = ask(Accept="application/openmetrics-text;version=1.0.0")
    assert answer["Content-Type"].startswith("application/openmetrics-text")
    assert answer.content.endswith(b"# EOF\n")


@pytest.mark.parametrize("said", ["", "Bearer", "Bearer wrong", "Basic dG9rZW4=", "t0ken"])
def test_with_a_token_nobody_comes_in_without_it(settings: Settings, said: str) -> None:
    settings.WARROOM_METRICS_TOKEN = "t0ken"
    answer = ask(**({"Authorization": said} if said else {}))
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert b"t0ken" not in answer.content
    assert ask(Authorization="bearer t0ken").status_code == 200


@pytest.mark.parametrize("peer", ["10.0.0.7", "2001:db8::1", "unknown", ""])
def test_without_a_token_it_is_for_this_machine_alone(peer: str) -> None:
    assert Client(REMOTE_ADDR=peer).get("/metrics").status_code == 403
    for here in ("127.0.0.1", "127.9.9.9", "::1"):
        assert Client(REMOTE_ADDR=here).get("/metrics").status_code == 200


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_a_proxy_on_this_machine_is_not_this_machine(name: str) -> None:
    assert ask(**{name: "127.0.0.1"}).status_code == 403


def test_it_is_only_read() -> None:
    room()
    assert Client().post("/metrics").status_code == 405
