"""The page of data parity: what was found, how far the next pass is, and nobody's data."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from migrations_app.models import Parity, ParityDifference, Run
from migrations_app.reads.parity import SHOWN, comparisons
from tests.web import build
from tests.web.comparisons import KEY, compared, going

if TYPE_CHECKING:
    from tests.web.build import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def one() -> World:
    return build.ready()


def page(one: World, path: str = "parity/", **headers: str) -> str:
    browser = Client()
    browser.force_login(one.users["otto"])
    response = browser.get(f"/runs/{one.run_id}/{path}", headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_a_run_that_compares_nothing_says_so(one: World) -> None:
    assert "This plan compares no databases" in page(one)
    assert "hx-trigger" not in page(one)


def test_what_is_equal_is_said_with_its_age(one: World) -> None:
    compared(one)
    shown = page(one)
    assert "✔ equal" in shown
    assert "1,234,567" in shown
    assert "✘" not in shown
    assert 'hx-trigger="every 5s"' in shown


def test_what_differs_is_told_by_row_column_and_sum(one: World) -> None:
    compared(one, differing=2)
    shown = page(one)
    assert "✘ differs" in shown
    assert shown.count("<td>email</td>") == 2
    for words in ("sum of total", "-2.50", "status = open", "status = paid"):
        assert words in shown


def test_the_newest_finished_pass_stands_while_the_next_goes_on(one: World) -> None:
    compared(one, differing=1)
    compared(one)
    going(one)
    shown = page(one)
    assert "✔ equal" in shown
    assert "comparing 25 %" in shown
    assert "1 to look at again" in shown
    assert shown.index("orders") < shown.index("items")
    assert "… not known yet" in shown


def test_the_page_lists_some_and_the_report_all(one: World) -> None:
    compared(one, differing=SHOWN + 7)
    assert "and 7 more: see the report" in page(one)
    rows = list(csv.DictReader(io.StringIO(page(one, "parity.csv"))))
    assert len(rows) == SHOWN + 7
    assert rows[0]["table"] == "orders"
    report = json.loads(page(one, "parity.json"))
    (table,) = report["sources"][0]["tables"]
    assert (table["verdict"], len(table["differences"])) == ("differs", SHOWN + 7)
    assert table["counts"][0] == {
        "what": "rows", "blue": "1,234,567", "green": "1,234,567", "apart": "+1"
    }  # fmt: skip


def test_no_key_of_anybody_is_on_the_page_or_in_a_report(one: World) -> None:
    compared(one, differing=1)
    going(one)
    for path in ("parity/", "parity.json", "parity.csv"):
        assert KEY[0] not in page(one, path)


def test_a_key_is_no_formula_for_a_spreadsheet(one: World) -> None:
    table = compared(one, differing=1, listed=0)
    ParityDifference.objects.create(table=table, key="=HYPERLINK(1)", how="only_blue")
    assert "'=HYPERLINK(1)" in page(one, "parity.csv")


def test_what_was_found_under_another_configuration_is_not_shown(one: World) -> None:
    compared(one)
    Parity.objects.update(config_sha256="amended")
    assert "Nothing has been compared yet." in page(one)


def test_why_nothing_goes_on_is_said(one: World) -> None:
    compared(one)
    Parity.objects.update(trouble="waits for BLUE: its brake is at 9, above 5")
    assert "its brake is at 9, above 5" in page(one)


def test_htmx_is_given_the_tables_alone(one: World) -> None:
    compared(one)
    part = page(one, **{"HX-Request": "true", "HX-Target": "compared"})
    assert "✔ equal" in part
    assert "<html" not in part


def test_a_run_that_is_over_is_not_followed(one: World) -> None:
    compared(one)
    Run.objects.update(state="completed")
    assert not comparisons(one.run_id).follows
