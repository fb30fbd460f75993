"""Label matchers: read, tried and written again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.matchers import Matcher, Op, matchers, require_simple

LABELS = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,10}", fullmatch=True)
VALUES = st.text(st.characters(exclude_categories=("Cc", "Cs")) | st.sampled_from("\\\"'\n\t,{}"))
SOME = st.lists(st.builds(Matcher, LABELS, st.sampled_from(Op), VALUES), max_size=4)


@given(SOME)
def test_what_is_written_reads_the_same(some: list[Matcher]) -> None:
    text = ", ".join(str(one) for one in some)
    assert list(matchers(text)) == some
    assert list(matchers("{" + text + "}")) == some


@given(SOME.filter(bool), st.text(max_size=8))
def test_nothing_but_matchers_gets_through(some: list[Matcher], more: str) -> None:
    text = ",".join(str(one) for one in some) + more
    try:
        found = matchers(text)
    except ValueError:
        return
    assert ",".join(str(one) for one in matchers(",".join(map(str, found)))) == ",".join(
        str(one) for one in found
    )


@pytest.mark.parametrize(
    ("text", "labels", "fits"),
    [
        ('a="x"', {"a": "x"}, True),
        ('a="x"', {"a": "xy"}, False),
        ('a=""', {}, True),
        ('a!="x"', {}, True),
        ('a=~"x|y"', {"a": "y"}, True),
        ('a=~"x|y"', {"a": "xy"}, False),
        ('a!~"x.*"', {"a": "xyz"}, False),
        ("a='x', b=\"y\",", {"a": "x", "b": "y"}, True),
    ],
)
def test_fits_as_in_promql(text: str, labels: dict[str, str], fits: bool) -> None:
    assert all(one.matches(labels) for one in matchers(text)) is fits


@pytest.mark.parametrize(
    "text",
    ["a", "a=b", 'a="b" c="d"', 'a="b', 'a=="b"', ',a="b"', 'a="b",,c="d"', r'a="\d"', "1='x'"],
)
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"label matcher|commas|means nothing"):
        matchers(text)


@pytest.mark.parametrize(
    "pattern", ["(a+)+", "(a|b)*", "(?=a)", "(?P<x>a)", r"(a)\\1", "(a){3}", "["]
)
def test_patterns_that_may_never_end_are_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"write the alternatives out|holds no pattern"):
        require_simple(matchers(f'a=~"{pattern}"'))


@pytest.mark.parametrize("pattern", ["a|b", "a.*", "(a|b)c", "(?:a|b)", r"\\(x\\)+", "[a-z]+"])
def test_plain_ones_are_not(pattern: str) -> None:
    require_simple(matchers(f'a=~"{pattern}"'))
