"""The dashboard shows what there is: every query is answered from what /metrics really tells."""

from __future__ import annotations

import itertools

import promql_parser
import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from tests.ops.files import ROOT, alerts, dashboard, metrics_in, panels, queries
from tests.ops.night import rolled_back


def exposed() -> set[str]:
    """The names of all samples that /metrics has after a rollback."""
    rolled_back()
    page = Client().get("/metrics").content.decode()
    families = list(text_string_to_metric_families(page))
    by_requests = {"warroom_requests_total", "warroom_request_duration_seconds_bucket"}
    return {sample.name for family in families for sample in family.samples} | by_requests


@pytest.mark.django_db
def test_every_metric_that_is_asked_for_is_told() -> None:
    asked = {name for query in queries() for name in metrics_in(query)}
    asked |= {name for rule in alerts().values() for name in metrics_in(rule["expr"])}
    assert asked
    assert asked - exposed() == set()


@pytest.mark.django_db
def test_every_metric_that_is_told_is_watched_and_in_the_docs() -> None:
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    watched = {name for query in queries() for name in metrics_in(query)}
    watched |= {name for rule in alerts().values() for name in metrics_in(rule["expr"])}
    for name in exposed():
        if not name.startswith("warroom_"):
            continue
        family = name.removesuffix("_bucket").removesuffix("_count").removesuffix("_sum")
        assert f"`{family}" in text, f"{family} is not in docs/operating.md"
        assert any(one.startswith(family) for one in watched), f"{family} is on no panel"


def test_every_query_is_one() -> None:
    for query in [*queries(), *(rule["expr"] for rule in alerts().values())]:
        promql_parser.parse(query)


def test_panels_have_ids_and_places_of_their_own() -> None:
    every = dashboard()["panels"]
    assert len({one["id"] for one in every}) == len(every)
    for one, other in itertools.combinations(every, 2):
        assert not _overlap(one["gridPos"], other["gridPos"]), (one["title"], other["title"])
    assert all(one["gridPos"]["x"] + one["gridPos"]["w"] <= 24 for one in every)


def _overlap(one: dict[str, int], other: dict[str, int]) -> bool:
    across = one["x"] < other["x"] + other["w"] and other["x"] < one["x"] + one["w"]
    return across and one["y"] < other["y"] + other["h"] and other["y"] < one["y"] + one["h"]


def test_every_panel_says_what_it_is_and_asks_the_chosen_source() -> None:
    for panel in panels():
        assert panel["title"]
        assert panel["description"].endswith(".")
        assert panel["datasource"]["uid"] == "${datasource}"
        for target in panel["targets"]:
            assert 'job="$job"' in target["expr"], panel["title"]


def test_alerts_named_on_panels_are_there() -> None:
    named = {word.strip(".,") for panel in panels() for word in panel["description"].split()
             if word.startswith("Warroom")}  # fmt: skip
    assert named
    assert named <= alerts().keys()
