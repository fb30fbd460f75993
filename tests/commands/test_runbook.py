"""Lint, load and dump, with every refusal a sentence at its line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User

import migrations_app
from migrations_app.conductor import seams
from migrations_app.domain.plan import runbook
from migrations_app.domain.plan.yaml_read import LONGEST
from migrations_app.models import Membership, Migration, Run
from migrations_app.sources.fake.script import FaultKind
from migrations_app.sources.fake.source import FakeConfig, FakeSource
from tests.commands.run import manage

if TYPE_CHECKING:
    from collections.abc import Iterator

BOOKS = sorted((Path(migrations_app.__file__).parent / "runbooks").glob("*.yaml"))

SMALL = """\
migration: orders
title: Orders
objectives:
  slo: {availability: 99.9 %}
  error_budget: {share: 10 %, window: 24h}
  rpo: 0s
  rto: 2m
roles:
  dri: [ana, tom]
routes:
  - {name: web}
checks:
  - name: errors
    source: metrics
    query: errors
    unit: ratio
    fail_when: '> 0.3 %'
abort:
  - {check: errors}
phases:
  - {name: all, weights: {web: 100}, hold: 1m, gate: {checks: [errors]}}
rollback:
  expected: 10s
environments:
  production:
    kind: production
    routes: {web: {driver: fake, config: {name: runbook-web}}}
    sources: {metrics: {kind: fake, config: {name: runbook-metrics}}}
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    file = tmp_path / "orders.yaml"
    file.write_text(SMALL)
    return file


@pytest.fixture
def metrics() -> Iterator[FakeSource]:
    source = FakeSource(FakeConfig(name="runbook-metrics"))
    yield source
    source.heal()
    seams.forget()


@pytest.mark.parametrize("file", BOOKS, ids=lambda file: file.stem)
def test_the_built_in_runbooks_lint(file: Path) -> None:
    said = manage("runbook", "lint", file)
    assert said.failed == ""
    assert said.out == f"✔ {file}: nothing refuses a start\n"


def test_lint_needs_no_database(book: Path) -> None:
    assert manage("runbook", "lint", book).failed == ""  # no django_db mark: a query would raise


def test_every_mistake_is_told_at_its_line(book: Path) -> None:
    book.write_text(SMALL.replace("title: Orders", "titel: Orders").replace("99.9 %", "lots"))
    said = manage("runbook", "lint", book)
    assert said.failed == f"{book}: 2 things to put right first. Nothing was stored."
    assert said.err.splitlines()[0].startswith("✘ line 1, title: ")
    assert 'Did you mean "title"?' in said.err


def test_what_cannot_protect_is_refused_at_its_line(book: Path) -> None:
    book.write_text(SMALL.replace("abort:\n  - {check: errors}\n", ""))
    said = manage("runbook", "lint", book)
    assert "one thing to put right" in said.failed
    assert "abort" in said.err
    assert "line " in said.err


def test_a_weight_the_driver_cannot_set_is_refused(book: Path) -> None:
    halves = SMALL.replace("{name: runbook-web}", "{name: runbook-web, binary: true}")
    book.write_text(halves.replace("{web: 100}", "{web: 50}"))
    said = manage("runbook", "lint", book)
    assert "0 % and 100 %" in said.err
    assert said.failed


def test_a_query_the_source_does_not_understand_is_refused_if_asked(
    book: Path, metrics: FakeSource
) -> None:
    metrics.fail(FaultKind.INVALID, "errors")
    assert manage("runbook", "lint", book).failed == ""
    said = manage("runbook", "lint", book, "--check-sources")
    assert "does not understand" in said.err
    assert said.failed


def test_a_silent_source_is_a_warning_said_once(book: Path, metrics: FakeSource) -> None:
    metrics.fail(FaultKind.ERROR)
    more = "    blue_query: more\n    samples_query: others\n    min_samples: 3\n"
    book.write_text(SMALL.replace("    unit: ratio\n", f"    unit: ratio\n{more}"))
    said = manage("runbook", "lint", book, "--check-sources")
    assert said.failed == ""
    assert said.err.count("could not be asked") == 1
    assert said.err.startswith("! line 13")


def test_a_source_without_its_address_is_a_warning_too(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_SUCH_NAME", raising=False)
    kind = "{kind: prometheus, config: {url: '${env:NO_SUCH_NAME}'}}"
    book.write_text(SMALL.replace("{kind: fake, config: {name: runbook-metrics}}", kind))
    said = manage("runbook", "lint", book, "--check-sources")
    assert said.failed == ""
    assert "NO_SUCH_NAME" in said.err


@pytest.mark.django_db
def test_loading_stores_the_plan_and_names_who_is_not_there(book: Path) -> None:
    User.objects.create(username="ana")
    said = manage("runbook", "load", book)
    assert said.lines[0] == "✔ orders: loaded"
    assert 'dri: there is no active user "tom"' in said.lines[1]
    assert "people add tom" in said.lines[1]
    assert Membership.objects.get().user.get_username() == "ana"
    assert manage("runbook", "load", book).lines[0] == "✔ orders: unchanged"
    book.write_text(SMALL.replace("title: Orders", "title: All orders"))
    assert manage("runbook", "load", book).lines[0] == "✔ orders: loaded anew"


@pytest.mark.django_db
def test_what_is_refused_is_not_stored(book: Path) -> None:
    book.write_text(SMALL.replace("kind: production", "kind: party"))
    assert manage("runbook", "load", book).failed
    assert not Migration.objects.exists()


@pytest.mark.django_db
def test_a_role_beyond_the_runbook_is_told_with_how_to_take_it_away(book: Path) -> None:
    User.objects.create(username="ana")
    User.objects.create(username="zoe")
    manage("runbook", "load", book)
    assert "there is exactly one" in manage("people", "grant", "orders", "zoe", "dri").failed
    manage("people", "grant", "orders", "zoe", "dri", "--backup")
    told = manage("runbook", "load", book).out
    assert "people revoke orders zoe dri" in told


@pytest.mark.django_db
def test_a_role_that_a_live_run_keeps_where_it_is_is_told(book: Path) -> None:
    for name in ("ana", "zoe"):
        User.objects.create(username=name)
    manage("runbook", "load", book)
    manage("people", "revoke", "orders", "ana", "dri")
    manage("people", "grant", "orders", "zoe", "dri")
    migration = Migration.objects.get()
    Run.objects.create(
        migration=migration, environment="e", kind="rehearsal", plan={}, state="held"
    )
    told = manage("runbook", "load", book).out
    assert "dri: zoe keeps it, because a run is live" in told


@pytest.mark.django_db
def test_only_a_dri_loads_in_their_own_name(book: Path) -> None:
    User.objects.create(username="ana")
    User.objects.create(username="zoe")
    assert "zoe is not the DRI" in manage("runbook", "load", book, "--by", "zoe").failed
    assert "no active user" in manage("runbook", "load", book, "--by", "kim").failed
    assert manage("runbook", "load", book, "--by", "ana").failed == ""


@pytest.mark.django_db
def test_what_was_loaded_is_dumped_without_loss(book: Path) -> None:
    manage("runbook", "load", book)
    dumped = manage("runbook", "dump", "orders")
    assert runbook.load(dumped.out) == runbook.load(SMALL)
    assert "Known: orders" in manage("runbook", "dump", "order").failed


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    assert "can't be read" in manage("runbook", "lint", tmp_path / "none.yaml").failed
    (tmp_path / "bytes.yaml").write_bytes(b"title: \xff")
    assert "not UTF-8" in manage("runbook", "lint", tmp_path / "bytes.yaml").failed


def test_a_file_that_is_too_long_is_not_even_read_to_its_end(tmp_path: Path) -> None:
    long = tmp_path / "long.yaml"
    long.write_text("# " + "é" * LONGEST)
    said = manage("runbook", "lint", long)
    assert "64 KB" in said.err
