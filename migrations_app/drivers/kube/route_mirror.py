"""How much of a rule's traffic a gateway copies to GREEN: its RequestMirror filter. Pure.

`percent` or `fraction`; neither means everything. The filter has to be there already, with
`percent: 0`: a gateway that can't mirror would refuse the whole route.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from migrations_app.domain.errors import Permanent
from migrations_app.domain.finding import Finding
from migrations_app.drivers.kube.api import dig, number, objects
from migrations_app.drivers.kube.patch import jsonpath, put, test
from migrations_app.drivers.scale import Scale
from migrations_app.drivers.share import cents, plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from migrations_app.drivers.kube.api import Obj
    from migrations_app.drivers.kube.patch import Op
    from migrations_app.drivers.kube.route_rule import Rule

SCALE: Final = Scale("A RequestMirror filter")


@dataclass(frozen=True, slots=True)
class Mirror:
    """Copies to the Service `green` of what `rule` takes."""

    rule: Rule
    green: str

    def cannot(self, weight: Decimal) -> str | None:
        return SCALE.cannot(weight)

    def seen(self, obj: Obj) -> tuple[Decimal, str]:
        copied = _percent(self._filter(obj)[1])
        return copied, f"{plain(copied)} % of the requests are copied to {self.green}"

    def ops(self, obj: Obj | None, weight: Decimal) -> list[Op]:
        at, mirror = self._filter(obj)
        kept = {key: value for key, value in mirror.items() if key not in {"percent", "fraction"}}
        tests = self.rule.tests(0 if obj is None else self.rule.index(obj))
        name = test(f"{at}/backendRef/name", self.green)
        if "fraction" in mirror:
            return [*tests, name, put(at, {**kept, "percent": int(weight)})]
        return [*tests, name, put(f"{at}/percent", int(weight))]

    def shown(self, obj: Obj | None) -> str:
        return jsonpath(self._filter(obj)[0])

    def findings(self, obj: Obj) -> Iterator[Finding]:
        _, detail = self.seen(obj)
        sentence = (
            f"{self.rule.thing}: {detail}. GREEN's answers are thrown away; what it writes is "
            "not: make sure that it may."
        )
        yield Finding(ok=True, what=self.rule.thing, sentence=sentence)
        yield from self.rule.findings(obj)

    def _filter(self, obj: Obj | None) -> tuple[str, dict[str, Any]]:
        """Where it stands and what it says. Unread: the first filter of the first rule."""
        if obj is None:
            return "/spec/rules/0/filters/0/requestMirror", {}
        index = self.rule.index(obj)
        for at, one in enumerate(objects(obj, "spec", "rules", index, "filters")):
            mirror = one.get("requestMirror")
            if isinstance(mirror, dict) and dig(mirror, "backendRef", "name") == self.green:
                return f"/spec/rules/{index}/filters/{at}/requestMirror", mirror
        raise Permanent(
            f"{self.rule.thing} has no RequestMirror filter to {self.green} in that rule. Add one "
            "with `percent: 0`."
        )


def _percent(mirror: dict[str, Any]) -> Decimal:
    top, bottom = number(mirror, "fraction", "numerator"), number(mirror, "fraction", "denominator")
    if top is not None:
        return cents(Fraction(top, bottom or 100))
    percent = number(mirror, "percent")
    return cents(Fraction(100 if percent is None else percent, 100))
