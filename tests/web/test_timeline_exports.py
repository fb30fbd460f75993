"""The three documents: whole, safe, flat in memory, and for nobody without a role."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient
from markdown_it import MarkdownIt

from migrations_app.actions import pins
from migrations_app.actions.steps import note
from migrations_app.domain import export
from migrations_app.domain.actor import Click
from migrations_app.models import Migration
from tests.web import build
from tests.web.conftest import screen
from tests.web.history import written
from tests.web.test_timeline import XSS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def told() -> build.World:
    one = build.ready(title=f"Orders | {XSS}")
    written(one.run_id, "verdict", f"{XSS} | # x\n# y", {"reason": XSS, "a|b": "c|d\n\ne"})
    note(one.run_id, one.actor("kim"), Click(reason=XSS), about=2)
    pins.pin(one.run_id, one.actor("kim"), Click(), 2)
    screen(one, "ana").click("no-go", reason="lag grows")
    return one


def read(one: build.World, name: str) -> tuple[Any, str]:
    return asyncio.run(_read(one, name))


async def _read(one: build.World, name: str) -> tuple[Any, str]:
    client = AsyncClient()
    await client.aforce_login(one.users["otto"])
    response: Any = await client.get(f"/runs/{one.run_id}/timeline.{name}")
    parts = [part async for part in response.streaming_content]
    await sync_to_async(connections.close_all)()
    return response, b"".join(parts).decode()


def test_json_can_be_verified_pins_notes_and_all(told: build.World) -> None:
    _, text = read(told, "json")
    document = export.Document.model_validate(json.loads(text))
    assert len(document.entries) == told.run.seq
    assert [found for found in export.audit(document) if not found.ok] == []


def test_markdown_is_whole_and_only_what_we_made_markup_is_markup(told: build.World) -> None:
    _, text = read(told, "md")
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    kinds = {token.type for token in tokens}
    assert not kinds & {"html_block", "fence", "code_block", "bullet_list_open", "hr"}
    inline = {leaf.type for token in tokens for leaf in token.children or []}
    assert inline <= {"text", "text_special", "strong_open", "strong_close", "code_inline",
                      "hardbreak", "softbreak"}  # fmt: skip
    headings = [one for one in tokens if one.type == "heading_open"]
    assert len(headings) == 2
    entries = re.findall(r"^\*\*\d{4}-\d\d-\d\d [\d:]{8} UTC\*\* · entry (\d+)", text, re.MULTILINE)
    assert [int(seq) for seq in entries] == list(range(1, told.run.seq + 1))
    assert "entry 2 · pinned" in text
    assert "| Check | Verdict | Why | Rule | Age |" in text


def test_the_page_to_print_needs_nothing_and_runs_nothing(told: build.World) -> None:
    response, text = read(told, "html")
    assert "<script" not in text
    assert "<img" not in text
    assert not re.search(r"\b(src|href|on\w+)=[\"']", text)
    assert "url(" not in text
    assert len(re.findall(r'id="entry-\d+"', text)) == told.run.seq
    times = re.findall(r'<td class="time">([^<]*)<', text)
    assert len(times) == told.run.seq
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d [\d:]{8} UTC", one) for one in times)
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert re.search(r"style-src 'sha256-[\w+/]{43}='", policy)
    assert "unsafe" not in policy


@pytest.mark.parametrize("name", ["json", "md", "html"])
def test_files_have_safe_names(told: build.World, name: str) -> None:
    Migration.objects.update(slug='x"; filename=evil.sh\r\n/../y')
    response, _ = read(told, name)
    said = response["Content-Disposition"]
    assert re.fullmatch(rf'\w+; filename="[a-z0-9-]+-run-{told.run_id}-timeline\.{name}"', said)


@pytest.mark.parametrize("name", ["json", "md", "html"])
def test_a_run_that_never_began_is_a_document_too(name: str) -> None:
    one = build.world()
    _, text = read(one, name)
    assert one.run.head_hash in text


@pytest.mark.parametrize("name", ["json", "md", "html"])
def test_chunks_leave_no_seam(
    told: build.World, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bare(text: str) -> str:
        return re.sub(r"\d{4}-\d\d-\d\d[T ][\d:.]{8,}|\s+", " ", text)

    _, whole = read(told, name)
    monkeypatch.setattr("migrations_app.reads.export._PAGE", 3)
    _, parts = read(told, name)
    assert bare(parts) == bare(whole)
