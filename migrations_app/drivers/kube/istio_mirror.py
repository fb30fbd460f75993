"""How much of an HTTP rule's traffic Istio copies to GREEN. Pure.

Two spellings: `mirrors`, a list, and the older `mirror` with `mirrorPercentage` beside it. A rule
has one of them. An absent percentage means everything; one of 0 means nothing, and stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from migrations_app.domain.errors import Permanent
from migrations_app.domain.finding import Finding
from migrations_app.drivers.kube.api import dig, objects
from migrations_app.drivers.kube.istio_http import called, destination
from migrations_app.drivers.kube.patch import jsonpath, put, test
from migrations_app.drivers.share import CENT, malformed, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.kube.api import Obj
    from migrations_app.drivers.kube.istio_http import Rule
    from migrations_app.drivers.kube.patch import Op


@dataclass(frozen=True, slots=True)
class Mirror:
    """Copies to `green` of what `rule` takes."""

    rule: Rule
    green: str

    def cannot(self, weight: Decimal) -> str | None:
        return malformed(weight)

    def seen(self, obj: Obj) -> tuple[Decimal, str]:
        rule = dig(obj, "spec", "http", self.rule.index(obj))
        copied = self._copied(rule)
        return copied, f"{plain(copied)} % of the requests are copied to {self.green}"

    def ops(self, obj: Obj | None, weight: Decimal) -> list[Op]:
        index = 0 if obj is None else self.rule.index(obj)
        rule, at = dig(obj, "spec", "http", index), f"/spec/http/{index}"
        tests = self.rule.tests(index)
        if self._single(rule):
            same = test(f"{at}/mirror", rule["mirror"])
            return [*tests, same, put(f"{at}/mirrorPercentage", _percentage(weight))]
        return [*tests, put(f"{at}/mirrors", self._list(rule, weight))]

    def shown(self, obj: Obj | None) -> str:
        index = 0 if obj is None else self.rule.index(obj)
        rule = dig(obj, "spec", "http", index)
        key = "mirrorPercentage" if self._single(rule) else "mirrors"
        return jsonpath(f"/spec/http/{index}/{key}")

    def findings(self, obj: Obj) -> Iterator[Finding]:
        _, detail = self.seen(obj)
        sentence = (
            f"{self.rule.thing}: {detail}. GREEN's answers are thrown away; what it writes is "
            "not: make sure that it may."
        )
        yield Finding(ok=True, what=self.rule.thing, sentence=sentence)
        yield from self.rule.findings(obj)

    def _copied(self, rule: Obj) -> Decimal:
        if self._single(rule):
            return _percent(dig(rule, "mirrorPercentage"), rule.get("mirrorPercent"))
        for one in objects(rule, "mirrors"):
            if called(one.get("destination")) == self.green:
                return _percent(one.get("percentage"), None)
        return Decimal(0)

    def _single(self, rule: object) -> bool:
        """Whether it is written the older way; `Permanent` if that one copies elsewhere."""
        copies = dig(rule, "mirror")
        if not copies:
            return False
        if called(copies) != self.green:
            raise Permanent(
                f"{self.rule.thing} already copies to {called(copies)} by `mirror`, beside which "
                "no other can be. Write it as an entry of `mirrors`."
            )
        return True

    def _list(self, rule: object, weight: Decimal) -> list[dict[str, Any]]:
        """Everybody else's entries as they are, and ours."""
        ours = {"destination": destination(self.green), "percentage": _percentage(weight)}
        found = objects(rule, "mirrors")
        names = [called(one.get("destination")) for one in found]
        if self.green not in names:
            return [*found, ours]
        at = names.index(self.green)
        return [*found[:at], {**found[at], "percentage": _percentage(weight)}, *found[at + 1 :]]


def _percentage(weight: Decimal) -> dict[str, int | float]:
    whole = weight == weight.to_integral_value()
    return {"value": int(weight) if whole else float(weight)}


def _percent(found: object, older: object) -> Decimal:
    """`{"value": 12.5}`, whose value may be left out where it is 0; or the older whole number."""
    if isinstance(found, dict):
        return Decimal(str(found.get("value", 0))).quantize(CENT)
    return Decimal(100 if older is None else str(older))
