"""Which series a selector means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from promql_parser import Matcher, MatchOp, VectorSelector

from migrations_app.practice.promql.errors import BadData
from migrations_app.practice.promql.labels import NAME, Labels, labels_of, value_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Test = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Selector:
    """`name` narrows the search where a matcher demands exactly one; `exact` are the labels that
    a match is known to have, which is what `absent` answers with."""

    name: str | None
    tests: tuple[tuple[str, Test], ...]
    exact: Labels

    def matches(self, labels: Labels) -> bool:
        return all(test(value_of(labels, label)) for label, test in self.tests)


def selector_of(node: VectorSelector) -> Selector:
    """`BadData` where the parser understands more than this server."""
    if node.matchers.or_matchers:
        raise BadData('the practice range does not know "or" between label matchers')
    matchers = list(node.matchers.matchers)
    if node.name is not None:
        matchers.append(Matcher(MatchOp.Equal, NAME, node.name))
    names = [one.value for one in matchers if one.name == NAME and one.op == MatchOp.Equal]
    tests = tuple((one.name, _test(one)) for one in matchers)
    return Selector(names[0] if names else None, tests, _exact(matchers))


def _test(matcher: Matcher) -> Test:
    wanted = matcher.value
    if matcher.op == MatchOp.Equal:
        return lambda value: value == wanted
    if matcher.op == MatchOp.NotEqual:
        return lambda value: value != wanted
    full = _compiled(wanted).fullmatch
    if matcher.op == MatchOp.Re:
        return lambda value: full(value) is not None
    return lambda value: full(value) is None


@lru_cache(1_000)
def _compiled(pattern: str) -> re.Pattern[str]:
    """The parser has checked it against RE2's grammar; what Python reads otherwise is refused."""
    if "[:" in pattern:  # a POSIX class there, a set of letters here
        raise _unusable(pattern)
    try:
        return re.compile(pattern, re.ASCII | re.DOTALL)
    except re.error as error:
        raise _unusable(pattern) from error


def _unusable(pattern: str) -> BadData:
    return BadData(f'the practice range cannot use the regular expression "{pattern}"')


def _exact(matchers: Iterable[Matcher]) -> Labels:
    """In order, as Prometheus does: a label is known by its first "equal", unless more follows."""
    known: dict[str, str] = {}
    said: set[str] = set()
    for one in matchers:
        if one.op == MatchOp.Equal and one.name not in said:
            known[one.name] = one.value
            said.add(one.name)
        else:
            known.pop(one.name, None)
    known.pop(NAME, None)
    return labels_of(known)
