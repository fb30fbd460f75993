"""The page about CloudWatch says what the source does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import yaml

from migrations_app.sources.cloudwatch.config import CloudWatchConfig
from migrations_app.sources.cloudwatch.text import parse

PAGE = (Path(__file__).parents[3] / "docs" / "sources" / "cloudwatch.md").read_text()
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", PAGE, re.DOTALL)


def test_its_runbook_is_one() -> None:
    runbook = yaml.safe_load(next(text for kind, text in BLOCKS if kind == "yaml"))
    source = runbook["environments"]["production"]["sources"]["cloud"]
    known = {k: v for k, v in source["config"].items() if not str(v).startswith("${")}
    assert CloudWatchConfig.model_validate(known).region == "eu-central-1"


def test_every_query_on_it_is_one() -> None:
    queries = [text for kind, text in BLOCKS if not kind and "(AWS/" in text]
    queries += re.findall(r"\| `([^`]*\[1m\][^`]*)` \|", PAGE)
    assert len(queries) == 7
    assert all(parse(query) for query in queries)


def test_every_key_is_on_the_page_and_the_policy_is_json() -> None:
    assert all(f"`{key}`" in PAGE for key in CloudWatchConfig.model_fields)
    assert all(json.loads(text)["Statement"] for kind, text in BLOCKS if kind == "json")
