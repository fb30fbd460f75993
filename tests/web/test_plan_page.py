"""The plan's page: everything that was agreed, what came of it, and the text beside it."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.actions import amend
from migrations_app.actions.load import load
from migrations_app.actions.start import plan_run
from migrations_app.domain.actor import Click
from migrations_app.domain.plan import runbook
from migrations_app.domain.plan.schema import Plan
from migrations_app.models import Run
from migrations_app.reads.plan.page import plan_page
from tests.web import build
from tests.web.conftest import screen

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

QUERIES = 9
EVIL = "<script>alert(1)</script>'\"{{7*7}}<img src=x onerror=alert(1)>"


def page(one: build.World, name: str = "otto") -> str:
    return " ".join(screen(one, name).look("plan/").split())


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def written(one: build.World, *comments: str) -> str:
    plan = Plan.model_validate(one.run.migration.plan)
    return "\n".join([*(f"# {comment}" for comment in comments), runbook.dump(plan)])


def another(one: build.World, text: str) -> build.World:
    """The plan of `one` loaded from `text`, and a run of it."""
    load(runbook.load(text), text=text)
    run = plan_run(one.run.migration_id, "rehearsal", one.actor("ana"))
    return build.World(one.number, run.pk, one.users)


def test_it_says_what_every_phase_agrees_on() -> None:
    told = words(page(build.ready()))
    for part in (
        "Move orders to the new database", "Canary 5 %", "Half", "Everything",
        "Web traffic fake green 0 % → to 5 %", "Read path fake green 5 % → to 50 %",
        "Failed requests fails > 0.3 % , 2 evaluations in a row",
        "p95 response time fails > +25 % vs blue , stays so for 10 m",
        "Replication lag passes < 2 s", "sign-offs: dri, database",
        "No-Go by itself 30 m after it opens.", "2 m from the moment every weight is confirmed",
        "no return", "freezes instead of rolling back", "from here on", "40 s as planned",
        "comms lead kim",
    ):  # fmt: skip
        assert part in told, part
    assert "asks for no check" not in told


def test_the_current_phase_is_marked_and_every_phase_has_an_address() -> None:
    html = page(build.ready())
    assert html.count('aria-current="step"') == 1
    for name in ("canary", "half", "all"):
        assert f'id="phase-{name}"' in html
        assert f'href="#phase-{name}"' in html
        assert f'href="#runbook-phase-{name}"' in html
        assert f'id="runbook-phase-{name}"' in html


def test_no_address_on_the_page_is_given_twice() -> None:
    first = build.world()
    ids = re.findall(r' id="([^"]+)"', page(another(first, written(first))))
    assert sorted(set(ids)) == sorted(ids)


def test_a_run_that_has_not_started_is_drawn() -> None:
    told = words(page(build.world()))
    assert "Not frozen yet" in told
    assert "3 phases" in told


def test_weights_climb_from_phase_to_phase() -> None:
    shown = plan_page(build.ready().run_id)
    assert [[float(rung.weight) for rung in row.rungs] for row in shown.ladder] == [
        [5, 50, 100], [5, 50, 100],
    ]  # fmt: skip
    assert [rung.place for rung in shown.ladder[0].rungs] == ["here", "ahead", "ahead"]


def test_a_route_that_a_phase_does_not_name_keeps_its_weight() -> None:
    phases = [build.PHASES[0], {**build.PHASES[1], "weights": {"web": 50}}, build.PHASES[2]]
    shown = plan_page(build.world(phases=phases).run_id)
    flag = shown.ladder[1]
    assert [float(rung.weight) for rung in flag.rungs] == [5, 5, 100]
    assert [rung.moves for rung in flag.rungs] == [True, False, True]
    assert [one.title for one in shown.phases[1].flips] == ["Web traffic"]


def test_what_was_done_and_signed_stands_with_its_phase() -> None:
    one = build.all_pass(build.at_gate())
    screen(one, "ravi").click("complete-step", step="look")
    screen(one, "ravi").click("sign-off", role="database")
    screen(one, "ana").click("go")
    told = words(page(one))
    assert "Look at the dashboards database · done by ravi" in told
    assert "✔ ravi for database" in told
    assert "✔ ana" not in told  # who decides does not sign
    first = plan_page(one.run_id).phases[0]
    assert [(one.outcome, one.leg) for one in first.gate.rounds] == [("go", 1)]
    assert first.took is not None


def test_the_runbook_stands_beside_it_as_it_was_loaded() -> None:
    first = build.world()
    text = written(first, "call Raj before canary", EVIL)
    one = another(first, text)
    html = screen(one, "otto").look("plan/")
    lines = re.findall(r'<li id="line-(\d+)">(.*?)</li>', html, re.DOTALL)
    assert [int(number) for number, _ in lines] == list(range(1, len(text.splitlines()) + 1))
    assert [unescape(line) for _, line in lines] == text.splitlines()
    assert EVIL not in html
    assert escape(EVIL) in html


def test_the_lines_of_a_phase_are_its_lines() -> None:
    first = build.world()
    one = another(first, written(first, "a comment"))
    for phase in plan_page(one.run_id).phases:
        assert phase.lines is not None
        assert phase.lines.lines[0].lstrip(" -").startswith(f"name: {phase.spec.name}")
        assert sum("name: " in line and line.startswith("  - ") for line in phase.lines.lines) == 1


def test_without_a_text_the_plan_writes_itself() -> None:
    one = build.ready()
    told = words(page(one))
    assert "written out from the plan" in told
    shown = plan_page(one.run_id)
    text = "\n".join(line for part in shown.text.stretches for line in part.lines)
    assert runbook.load(text) == shown.bound.whole()


def test_what_went_another_way_is_told_with_its_changes() -> None:
    one = build.ready()
    assert "What went another way" not in page(one)
    screen(one, "ana").click("no-go", reason="not before the backup")
    assert "No-Go by ana: not before the backup" in page(one)
    plan = {**one.run.migration.plan, "title": "Another title"}
    load(Plan.model_validate(plan))
    assert "A plan that was loaded later differs in 1 place." in words(page(one))
    click = Click(revision=one.run.revision, reason="a better title")
    amend.amend(one.run_id, one.actor("ana"), click)
    told = words(page(one))
    assert "plan.title Move orders to the new database → Another title" in told
    assert "loaded later differs" not in told


def test_going_over_a_failed_check_is_another_way_and_a_plain_go_is_not() -> None:
    one = build.ready()
    screen(one, "ravi").click("sign-off", role="database")
    build.judged(one, "lag", "FAIL")
    screen(one, "ana").click("go", override="lag", reason="known, and falling")
    assert one.run.phase == 1
    assert "over the failed lag" in page(one)
    two = build.ready()
    screen(two, "ravi").click("sign-off", role="database")
    screen(two, "ana").click("go")
    assert two.run.phase == 1
    assert plan_page(two.run_id).deviations.entries == ()


def test_text_from_outside_stays_text() -> None:
    phases = [{**build.PHASES[0], "summary": EVIL, "title": EVIL[:60]}, *build.PHASES[1:]]
    one = build.at_gate(title=EVIL, summary=EVIL, phases=phases)
    screen(one, "ana").click("no-go", reason=EVIL)
    html = screen(one, "otto").look("plan/")
    assert "<script>alert" not in html
    assert "<img" not in html


def test_the_page_has_nothing_to_press_and_no_style_or_script_of_its_own() -> None:
    main = screen(build.ready(), "ana").look("plan/").partition("<main")[2].partition("</main")[0]
    for forbidden in ("<form", "<button", "<input", " style=", "<script"):
        assert forbidden not in main


@pytest.mark.parametrize("number", [3, 40])
def test_queries_do_not_grow_with_phases(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one = build.at_gate(phases=many(number))
    with django_assert_num_queries(QUERIES):
        plan_page(one.run_id)


def many(number: int) -> list[dict[str, Any]]:
    gate = {"checks": ["errors"], "roles": ["database"]}
    return [{"name": f"p{at}", "weights": {"web": at}, "gate": gate} for at in range(number)]


@pytest.mark.parametrize("state", ["held", "rolled_back", "frozen", "completed", "called_off"])
def test_it_is_drawn_in_every_state(state: str) -> None:
    one = build.ready()
    Run.objects.filter(pk=one.run_id).update(state=state)
    assert state.replace("_", " ").upper() in page(one)


def test_a_ready_made_check_shows_what_it_asks_and_the_word_it_came_from() -> None:
    lag = {"name": "lag", "source": "metrics", "use": "kafka_lag", "with": {"group": "orders"}}
    gate = {"checks": ["lag"], "roles": ["dri"]}
    one = build.world(
        checks=[lag], abort=[], phases=[{**build.PHASES[0], "steps": [], "gate": gate}]
    )
    told = words(page(one))
    assert "ready-made: kafka_lag" in told
    assert (
        'What it asks of metrics value sum(kafka_consumergroup_lag{consumergroup="orders"})' in told
    )
    assert "use: kafka_lag" in told, "in the text beside it"
