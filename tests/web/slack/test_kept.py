"""What comes in from Slack is done and forgotten: no address, trigger, ticket or secret is kept."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from tests.web.slack.kit import ROOM, SECRET, settled

if TYPE_CHECKING:
    from tests.web.slack.kit import Corner

pytestmark = pytest.mark.django_db(transaction=True)


def kept(word: str) -> list[str]:
    """Tables in which a word stands, in any column."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        found = []
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{word}%"])  # noqa: S608 (names of our own tables)
            found += [table] * bool(cursor.fetchone()[0])
    return found


def test_nothing_that_opens_anything_is_kept_or_logged(
    corner: Corner, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    message = corner.slack.workspace.written(ROOM, "U0RAVI", "a canary of a message")
    corner.press("ana", "go")
    corner.send("ana")
    corner.press("stranger", "roll_back", corner.buttons()["roll_back"]["value"])
    corner.react("kim", message)
    corner.choose("kim", message)
    corner.says()
    said = corner.type("stranger", "link")
    settled()
    ticket = re.search(r"/slack/link/([^/]+)/", said)
    assert ticket is not None
    assert kept("a canary of a message") == ["migrations_app_event"]
    for secret in (SECRET, corner.slack.token, corner.slack.hooks, ticket[1], "T0ACME.abc"):
        assert kept(secret) == []
        assert secret not in caplog.text
    assert "a canary of a message" not in caplog.text
