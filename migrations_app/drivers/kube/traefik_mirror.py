"""How much of a TraefikService's traffic is copied to GREEN. Pure.

`spec.mirroring` names who serves (BLUE) and, in `mirrors`, who gets copies.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from migrations_app.domain.errors import Permanent
from migrations_app.domain.finding import Finding
from migrations_app.drivers.kube.api import dig, number, objects
from migrations_app.drivers.kube.patch import jsonpath, put, test
from migrations_app.drivers.scale import Scale
from migrations_app.drivers.share import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.kube.api import Obj
    from migrations_app.drivers.kube.patch import Op

SCALE: Final = Scale("A mirror of a TraefikService")


@dataclass(frozen=True, slots=True)
class Mirror:
    """Copies to `green` of what `blue` serves."""

    thing: str
    blue: str
    green: str

    def cannot(self, weight: Decimal) -> str | None:
        return SCALE.cannot(weight)

    def seen(self, obj: Obj) -> tuple[Decimal, str]:
        index = self._index(obj)
        percent = number(obj, "spec", "mirroring", "mirrors", index, "percent")
        copied = Decimal(percent or 0)
        return copied, f"{plain(copied)} % of the requests are copied to {self.green}"

    def ops(self, obj: Obj | None, weight: Decimal) -> list[Op]:
        at = f"/spec/mirroring/mirrors/{0 if obj is None else self._index(obj)}"
        return [
            test("/spec/mirroring/name", self.blue),
            test(f"{at}/name", self.green),
            put(f"{at}/percent", int(weight)),
        ]

    def shown(self, obj: Obj | None) -> str:
        return jsonpath(f"/spec/mirroring/mirrors/{0 if obj is None else self._index(obj)}")

    def findings(self, obj: Obj) -> Iterator[Finding]:
        _, detail = self.seen(obj)
        sentence = (
            f"{self.thing}: {detail}. GREEN's answers are thrown away; what it writes is not: make "
            "sure that it may."
        )
        yield Finding(ok=True, what=self.thing, sentence=sentence)
        if dig(obj, "spec", "mirroring", "maxBodySize") is None:
            sentence = (
                f"{self.thing} holds every request's body in memory while it copies. Set "
                "`maxBodySize`, above which a request is not copied."
            )
            yield Finding(ok=False, what=f"bodies of {self.thing}", sentence=sentence)

    def _index(self, obj: Obj) -> int:
        served = dig(obj, "spec", "mirroring", "name")
        names = [one.get("name") for one in objects(obj, "spec", "mirroring", "mirrors")]
        if served == self.blue and names.count(self.green) == 1:
            return names.index(self.green)
        raise Permanent(
            f"{self.thing} does not mirror {self.blue} to {self.green}: give it `mirroring` with "
            f"`name: {self.blue}` and one entry for {self.green} in `mirrors`, `percent: 0`."
        )
