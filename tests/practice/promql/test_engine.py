"""What a query may not do to the process that answers it."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import sys
from migrations_app.practice.promql.engine import Engine
from migrations_app.practice.promql.errors import BadData
from migrations_app.practice.promql.store import Store
try:
    print(Engine(Store()).instant(eval(sys.argv[1]), 0))
except BadData as error:
    print(error)
"""
DEEP = [
    "'(' * 9_000 + '1' + ')' * 9_000",
    "'-' * 9_000 + 'x'",
    "'1' + '+1' * 4_900",
    "'x' + '^x' * 4_900",
    "'abs(' * 2_400 + 'x' + ')' * 2_400",
    "'x' + ' or x' * 2_400",
    "'x' + ' UNLESS x' * 1_000",
]


def run(query: str) -> str:
    """In a process of its own: the parser's native stack would take ours with it."""
    command = [sys.executable, "-c", SCRIPT, query]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


@pytest.mark.parametrize("query", DEEP)
def test_deep_nesting_is_refused_before_it_can_overflow(query: str) -> None:
    assert "too deeply nested" in run(query)


@pytest.mark.parametrize(
    "query",
    [
        "'(' * 299 + '1' + ')' * 299",
        "'1' + '+1' * 299",
        "'abs(' * 299 + 'x' + ')' * 299",
        "'x' + ' or x' * 299",
        "'-' * 299 + 'x'",
    ],
)
def test_just_below_the_limit_there_is_an_answer(query: str) -> None:
    assert "nested" not in run(query)
