"""One HTTP rule of a VirtualService: which it is, and where its destinations stand. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from migrations_app.domain.errors import Permanent
from migrations_app.domain.finding import Finding
from migrations_app.drivers.kube.api import dig, objects
from migrations_app.drivers.kube.patch import test
from migrations_app.drivers.kube.shares import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.kube.api import Obj
    from migrations_app.drivers.kube.patch import Op


def destination(text: str) -> dict[str, Any]:
    """`shop/v2` as Istio writes it: a host and, if given, one of its subsets."""
    host, _, subset = text.partition("/")
    return {"host": host, **({"subset": subset} if subset else {})}


def called(found: object) -> str:
    """A destination as a runbook writes it."""
    subset = dig(found, "subset")
    return f"{dig(found, 'host')}/{subset}" if subset else str(dig(found, "host"))


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule called `name` of `spec.http`, or the first. `thing` begins sentences."""

    thing: str
    name: str | None

    def index(self, obj: Obj) -> int:
        """Its position; `Permanent` names those that are there."""
        rules = objects(obj, "spec", "http")
        if not rules:
            raise Permanent(f"{self.thing} has no HTTP rule; TCP and TLS rules are not moved.")
        names = [str(rule.get("name", "")) for rule in rules]
        if self.name is None:
            return 0
        if names.count(self.name) != 1:
            told = ", ".join(name or "(unnamed)" for name in names)
            raise Permanent(
                f"{self.thing} has not one HTTP rule called {self.name}; it has {told}."
            )
        return names.index(self.name)

    def tests(self, index: int) -> tuple[Op, ...]:
        return (test(f"/spec/http/{index}/name", self.name),) if self.name else ()

    def findings(self, obj: Obj) -> Iterator[Finding]:
        """Whether requests come to this rule at all, and all of them."""
        rules, index = objects(obj, "spec", "http"), self.index(obj)
        what = f"rules of {self.thing}"
        if any(not rule.get("match") for rule in rules[:index]):
            sentence = (
                f"An earlier rule of {self.thing} takes every request (the first match wins), so "
                "nothing comes to this one. Move it up."
            )
            yield Finding(ok=False, what=what, sentence=sentence)
        if self.name is None and len(rules) > 1:
            sentence = (
                f"{self.thing} has {len(rules)} HTTP rules, of which only the first is moved. "
                "Name the one that is meant: `http`."
            )
            yield Finding(ok=False, what=what, sentence=sentence)
        if any(dig(obj, "spec", kind) for kind in ("tls", "tcp")):
            sentence = f"{self.thing} has TLS or TCP rules too: their traffic is not moved."
            yield Finding(ok=False, what=what, sentence=sentence)


@dataclass(frozen=True, slots=True)
class Routes:
    """Where a rule keeps its destinations."""

    rule: Rule
    blue: str
    green: str
    absent = 0

    def rows(self, obj: Obj) -> Rows:
        index = self.rule.index(obj)
        items = objects(obj, "spec", "http", index, "route")
        return Rows(f"/spec/http/{index}/route", items, self.rule.tests(index))

    def assumed(self) -> Rows:
        items = [{"destination": destination(side)} for side in (self.blue, self.green)]
        return Rows("/spec/http/0/route", items, self.rule.tests(0))

    def name(self, item: Obj) -> str:
        return called(item.get("destination"))

    def key(self, item: Obj) -> str:
        return "destination"

    def findings(self, obj: Obj) -> Iterator[Finding]:
        return self.rule.findings(obj)
