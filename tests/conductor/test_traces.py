"""The trail of a click as spans: one trace, from the click to the read-back, across processes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextvars import Context
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.test import Client

from migrations_app.actions import gate
from migrations_app.domain.errors import Refused
from migrations_app.domain.states import State
from migrations_app.domain.trail import begun, carry, doing
from migrations_app.models import Flip
from tests.api.caller import caller
from tests.build import CLICK, phase
from tests.commands.run import manage
from tests.spans import keeping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conductor.conftest import House
    from tests.spans import Kept

HALF = [phase("shadow"), phase("half", 50), phase("all", 100)]
PATIENCE_S = 120.0


@pytest.fixture
def kept() -> Iterator[Kept]:
    with keeping() as found:
        yield found


def test_a_stretch_that_belongs_to_no_click_is_not_kept(kept: Kept) -> None:
    with doing("visit"), doing("observe"):
        assert carry() == ""
    assert kept.names() == []


def test_another_process_goes_on_from_what_was_carried(kept: Kept) -> None:
    with begun("click"):
        carried = carry()
    assert len(carried) == 55
    Context().run(_visit, carried)
    assert kept.names() == ["click", "apply", "visit"]
    assert len(kept.traces()) == 1
    assert kept.above(kept.one("apply")) == ["visit", "click"]


def _visit(carried: str) -> None:
    with begun("visit", carried, route="web"), doing("apply"):
        pass


@pytest.mark.parametrize("nonsense", ["x", "00-1-2-3", "00-" + "0" * 32 + "-" + "0" * 16 + "-01"])
def test_what_was_carried_badly_begins_anew(kept: Kept, nonsense: str) -> None:
    with begun("visit", nonsense):
        pass
    assert kept.one("visit").parent is None


def test_what_fails_says_what_it_was_and_not_what_it_said(kept: Kept) -> None:
    with pytest.raises(Refused), begun("click", run=7):
        raise Refused("needs", "Go waits for: somebody's words.")
    span = kept.one("click")
    assert dict(span.attributes or {}) == {"warroom.run": 7, "warroom.raised": "Refused"}
    assert list(span.events) == []


@pytest.mark.django_db(transaction=True)
def test_a_go_is_one_trace_from_the_click_to_the_workers_read_back(
    kept: Kept, house: House
) -> None:
    made = house.started(phases=HALF)
    house.settle(made)
    kept.clear()
    with begun("click", verb="go", actor="ana"):
        gate.go(made.run_id, made.ana, CLICK)
    Context().run(house.visit, made)  # a worker knows nothing of the click but the flip
    assert house.weights() == [50]
    assert len(kept.traces()) == 1
    for name in ("click", "request flips", "visit", "observe", "apply"):
        assert name in kept.names(), name
    apply, click = kept.one("apply"), kept.one("click")
    assert kept.above(apply) == ["visit", "request flips", "transaction", "click"]
    assert click.attributes is not None
    assert apply.attributes is not None
    flip = Flip.objects.latest("id")
    decided = f"{made.run_id}.{flip.revision}"
    assert click.attributes["warroom.decision"] == decided
    assert apply.attributes["warroom.decision"] == decided
    assert apply.attributes["warroom.route"] == "web"
    assert apply.attributes["warroom.weight"] == "50"


@pytest.mark.django_db(transaction=True)
def test_a_rollback_by_a_real_post_is_one_trace_with_every_route(kept: Kept, house: House) -> None:
    """Routes of one rank are moved in threads: they know the click, too."""
    both = [{"name": "half", "weights": {"web": 50, "api": 50}, "gate": {"roles": ["dri"]}},
            phase("all", 100)]  # fmt: skip
    made = house.started("web", "api", phases=both)
    house.settle(made)
    kept.clear()
    client = Client()
    client.force_login(User.objects.get(username="ana"))
    answer = client.post(f"/runs/{made.run_id}/roll-back", {"reason": "s3cret words", "sure": "1"})
    assert answer.status_code == 303
    for _ in range(20):  # on a busy machine the poller has to finish it
        if made.run.state != State.ROLLED_BACK:
            Context().run(house.visit, made)
    assert made.run.state == State.ROLLED_BACK
    assert len(kept.traces()) == 1
    assert kept.above(kept.one("latch")) == ["click"]
    applied = [span for span in kept.spans() if span.name == "apply"]
    assert {(span.attributes or {})["warroom.route"] for span in applied} == {"web", "api"}
    assert all(kept.above(span)[-1] == "click" for span in kept.spans() if span.name != "click")
    assert not any("s3cret" in str(dict(span.attributes or {})) for span in kept.spans())


@pytest.mark.django_db(transaction=True)
def test_a_click_by_the_api_is_followed_as_well(kept: Kept, house: House) -> None:
    made = house.started(phases=[phase("half", 50), phase("all", 100)])
    house.settle(made)
    kept.clear()
    ana = caller("ana")
    assert ana.get(f"/runs/{made.run_id}").status_code == 200
    assert kept.names() == []
    assert ana.post(f"/runs/{made.run_id}/rollback", {"sure": True}).status_code in {200, 202}
    click = kept.one("click")
    said = dict(click.attributes or {})
    assert (said["warroom.via"], said["warroom.verb"]) == ("api", "roll_back")
    assert (said["warroom.run"], said["warroom.actor"]) == (made.run_id, "ana")
    assert len(kept.traces()) == 1


@pytest.mark.django_db(transaction=True)
def test_and_so_is_one_by_the_shell(kept: Kept, house: House) -> None:
    made = house.started(phases=[phase("half", 50), phase("all", 100)])
    house.settle(made)
    kept.clear()
    manage("rollback", made.run_id, "--reason", "now", "--by", "lee", "--sure")
    said = dict(kept.one("click").attributes or {})
    assert (said["warroom.via"], said["warroom.verb"], said["warroom.actor"]) == (
        "cli", "roll_back", "lee",
    )  # fmt: skip
    assert said["warroom.latch"] == f"{made.run_id}.1"


@pytest.mark.django_db(transaction=True)
def test_a_breach_begins_a_trace_of_its_own(kept: Kept, house: House) -> None:
    made = house.started(phases=[phase("half", 50), phase("all", 100)])
    house.settle(made)
    kept.clear()
    house.source.set("errors", 0.4)
    house.read(made)
    assert made.run.state == State.ROLLED_BACK
    assert len(kept.traces()) == 1
    breach = kept.one("breach")
    assert (breach.attributes or {})["warroom.check"] == "errors"
    assert breach.parent is None
    assert kept.above(kept.one("apply"))[-1] == "breach"


@pytest.mark.django_db(transaction=True)
def test_what_is_done_all_the_time_leaves_no_trail(kept: Kept, house: House) -> None:
    made = house.started(phases=HALF)
    house.settle(made)
    kept.clear()
    house.visit(made, times=3)
    house.read(made)
    house.tick(made)
    assert kept.names() == []


@pytest.mark.django_db(transaction=True)
def test_without_a_tracer_flips_carry_nothing(house: House) -> None:
    house.started(phases=HALF)
    assert Flip.objects.latest("id").trace == ""


PROBE = """
import sys, django
django.setup()
import warroom.celery, migrations_app.tasks, migrations_app.conductor.poll, warroom.asgi
from migrations_app.domain.trail import begun
with begun("click", run=7):
    pass
ours = ("opentelemetry.exporter", "opentelemetry.sdk.trace.", "migrations_app.conductor.traces")
print(any(name.startswith(ours) for name in sys.modules))
"""
MISSING = "import sys; sys.modules['opentelemetry'] = None\n" + PROBE


def probe(code: str = PROBE, **environ: str) -> str:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("OTEL", "WARROOM_TRACES"))}
    told = kept | {"DJANGO_SETTINGS_MODULE": "warroom.settings"} | environ
    done = subprocess.run(
        [sys.executable, "-c", code], env=told, capture_output=True, text=True,
        timeout=PATIENCE_S, check=True,
    )  # fmt: skip
    assert ("is not installed" in done.stderr) == ("WARROOM_TRACES" in environ and code is MISSING)
    return done.stdout.splitlines()[-1]


@pytest.mark.slow
def test_nothing_of_it_is_loaded_unless_somebody_asks() -> None:
    assert probe() == "False"
    assert probe(WARROOM_TRACES="0", OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1") == "False"


@pytest.mark.slow
def test_without_the_packages_everything_works_and_says_so() -> None:
    assert probe(MISSING) == "False"
    assert probe(MISSING, WARROOM_TRACES="1") == "False"


@pytest.mark.slow
def test_a_real_process_sends_its_spans_to_a_real_collector() -> None:
    sent: list[tuple[str, bytes]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            sent.append((self.path, body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        endpoint = f"http://127.0.0.1:{server.server_port}"
        assert probe(OTEL_EXPORTER_OTLP_ENDPOINT=endpoint) == "True"
        server.shutdown()
        thread.join()
    ((path, body),) = sent
    assert path == "/v1/traces"
    for expected in (b"click", b"warroom.run", b"warroom"):
        assert expected in body


@pytest.mark.slow
def test_a_collector_that_is_away_fails_nothing() -> None:
    assert probe(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1") == "True"
