"""The catalogue of ready-made checks, for a terminal and as docs/checks.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from migrations_app.domain.plan.check import Check
from migrations_app.domain.plan.objectives import Objectives
from migrations_app.domain.plan.told import rule_told, terms_told
from migrations_app.domain.ready import CATALOGUE, GROUPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.domain.ready import Group, Param, Ready

_HEAD: Final = """\
# Ready-made checks

*Written by `manage.py checks --markdown`; change `migrations_app/domain/ready/` instead.*

One word in a runbook for a whole check. The rule is a default: override `fail_when` or `pass_when`,
`hold`, `consecutive`, `window`, `min_samples`, `title` and the rest as you would write them. The
queries and the unit come with the word; whoever needs others writes the check out.

```yaml
checks:
  - {name: errors, source: metrics, use: error_ratio, fail_when: "> 0.3 %"}
  - {name: lag, source: metrics, use: debezium_lag, with: {connector: 'server="orders"'}}
```

All of these are PromQL, for a source of kind `prometheus` (or anything that speaks its API). GREEN
and BLUE are picked by `${var:green}` and `${var:blue}`, which every environment sets, such as
`green: svc="orders",track="green"`. A parameter that picks series takes label matchers as text
(`svc="orders",env=~"prod|stage"`), a mapping (`{svc: orders}`), or `${var:NAME}`. Values are
escaped: none can leave its quotes.

Every query here is judged by the tests on data that passes, fails and says nothing, on the practice
range's metrics server and on a real Prometheus. The names of metrics are the exporters' usual ones:
look at yours (`manage.py runbook lint --check-sources`, `manage.py doctor`), and at what a
[backtest](commands.md) would have said.
"""


def page() -> str:
    """The whole catalogue as Markdown."""
    return "\n".join([_HEAD, *_index(), *(line for group in GROUPS for line in _group(group))])


def lines() -> Iterator[str]:
    """A line for each word, under the headings."""
    widest = max(len(word) for word in CATALOGUE)
    for group in GROUPS:
        yield group.title
        for one in group.entries:
            yield f"  {one.word:<{widest}}  {one.title}"


def entry(one: Ready) -> Iterator[str]:
    """One word in full."""
    yield f"### `{one.word}`"
    yield ""
    yield f"{one.title}. {one.means}"
    yield ""
    yield from _params(one.params)
    yield "```promql"
    yield from _queries(_example(one))
    yield "```"
    yield ""
    yield _rule(_example(one))
    if one.mind:
        yield ""
        yield f"Mind: {one.mind}"
    yield ""


def _index() -> Iterator[str]:
    yield "| word | measures |"
    yield "|---|---|"
    for one in CATALOGUE.values():
        yield f"| [`{one.word}`](#{one.word}) | {one.title} |"
    yield ""


def _group(group: Group) -> Iterator[str]:
    yield f"## {group.title}"
    yield ""
    for one in group.entries:
        yield from entry(one)


def _params(params: tuple[Param, ...]) -> Iterator[str]:
    yield "| parameter | | |"
    yield "|---|---|---|"
    for one in params:
        usual = "required" if one.default is None else f"`{one.default}`" if one.default else "none"
        yield f"| `{one.name}` | {one.kind}, {usual} | {one.means} |"
    yield ""


def _example(one: Ready) -> Check:
    """The check as it is written out, with a stand-in for each parameter without a default."""
    given = {param.name: _STAND_IN[param.kind] for param in one.params if param.default is None}
    return Check.model_validate(
        {"name": one.word, "source": "metrics", "use": one.word, "with": given}
    )


_STAND_IN: Final = {
    "metric": "METRIC", "label": "LABEL", "selector": 'LABEL="VALUE"', "word": "NAME", "number": 50,
    "quantity": "99.9 %", "duration": "1d",
}  # fmt: skip


def _queries(check: Check) -> Iterator[str]:
    yield check.query
    for what, text in (("BLUE", check.blue_query), ("samples", check.samples_query)):
        if text is not None:
            yield f"# {what}"
            yield text


def _rule(check: Check) -> str:
    told = [rule_told(check, Objectives()), *terms_told(check)[:-1]]
    return f"Answers in `{check.unit}`; by default it {', '.join(told)}."
