"""One rule of a Gateway API HTTPRoute, and where its backends stand. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.domain.errors import Permanent
from migrations_app.domain.finding import Finding
from migrations_app.drivers.kube.api import objects
from migrations_app.drivers.kube.patch import test
from migrations_app.drivers.kube.shares import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.kube.api import Obj
    from migrations_app.drivers.kube.patch import Op


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule called `name`, or the first. `thing` begins sentences."""

    thing: str
    name: str | None

    def index(self, obj: Obj) -> int:
        """Its position; `Permanent` names those that are there."""
        names = [str(rule.get("name", "")) for rule in objects(obj, "spec", "rules")]
        if self.name is None and names:
            return 0
        if self.name is None or names.count(self.name) != 1:
            told = ", ".join(name or "(unnamed)" for name in names) or "none"
            raise Permanent(f"{self.thing} has not one rule called {self.name}; it has: {told}.")
        return names.index(self.name)

    def tests(self, index: int) -> tuple[Op, ...]:
        return (test(f"/spec/rules/{index}/name", self.name),) if self.name else ()

    def findings(self, obj: Obj) -> Iterator[Finding]:
        rules = objects(obj, "spec", "rules")
        if self.name is None and len(rules) > 1:
            sentence = (
                f"{self.thing} has {len(rules)} rules, of which only the first is moved. Name the "
                "one that is meant: `rule`."
            )
            yield Finding(ok=False, what=f"rules of {self.thing}", sentence=sentence)
        if rules[self.index(obj)].get("sessionPersistence"):
            sentence = (
                f"{self.thing} keeps clients on their backend (sessionPersistence): after a "
                "rollback those GREEN has served may stay on GREEN."
            )
            yield Finding(ok=False, what=f"stickiness of {self.thing}", sentence=sentence)


@dataclass(frozen=True, slots=True)
class Backends:
    """Where a rule keeps its backends. One without a weight weighs 1."""

    rule: Rule
    blue: str
    green: str
    absent = 1

    def rows(self, obj: Obj) -> Rows:
        index = self.rule.index(obj)
        items = objects(obj, "spec", "rules", index, "backendRefs")
        return Rows(f"/spec/rules/{index}/backendRefs", items, self.rule.tests(index))

    def assumed(self) -> Rows:
        items = [{"name": side} for side in (self.blue, self.green)]
        return Rows("/spec/rules/0/backendRefs", items, self.rule.tests(0))

    def name(self, item: Obj) -> str:
        return str(item.get("name"))

    def key(self, item: Obj) -> str:
        return "name"

    def findings(self, obj: Obj) -> Iterator[Finding]:
        return self.rule.findings(obj)
