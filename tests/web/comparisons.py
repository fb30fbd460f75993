"""Comparisons of two databases as they lie in our tables, without any database compared."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from migrations_app.actions.parity import named
from migrations_app.domain.parity.progress import Progress, Stage, Suspect
from migrations_app.models import Parity, ParityDifference, ParityPass, ParityTable
from migrations_app.models.clock import db_now

if TYPE_CHECKING:
    from tests.web.build import World

KEY = ("customer@example.com",)
DONE = replace(Progress.from_json({}), stage=Stage.DONE)


def progress(**changes: object) -> dict[str, object]:
    known = {**DONE.as_json(), **changes}
    known["blue"] = known["green"] = {
        "rows": 1234567, "sums": {"total": "9.50"}, "buckets": {"status": {"open": 3}}
    }  # fmt: skip
    known["missing"] = {
        "rows": 1, "sums": {"total": "-2.50"}, "buckets": {"status": {"open": 1, "paid": -1}}
    } if known["differing"] else {"rows": 0, "sums": {}, "buckets": {}}  # fmt: skip
    return known


def compared(one: World, *, differing: int = 0, listed: int | None = None) -> ParityTable:
    """One pass over `orders` that is over."""
    parity, _ = Parity.objects.get_or_create(
        run=one.run, source="data", defaults={"salt": "x", "config_sha256": "c"}
    )
    number = parity.passes.count() + 1
    over = ParityPass.objects.create(
        parity=parity, number=number, leg=1, config_sha256="c", ended_at=db_now()
    )
    table = ParityTable.objects.create(
        of=over, name="orders", position=0, progress=progress(differing=differing),
        began_at=db_now(), ended_at=db_now(),
    )  # fmt: skip
    for at in range(differing if listed is None else listed):
        key = named(parity, (*KEY, str(at)), shown=False)
        ParityDifference.objects.create(table=table, key=key, how="differs", columns=["email"])
    Parity.objects.update(resting=True, began_at=over.began_at)
    return table


def going(one: World) -> None:
    parity = Parity.objects.get(run=one.run)
    under_way = ParityPass.objects.create(parity=parity, number=9, leg=1, config_sha256="c")
    known = Progress(chunk=10, estimate=100, after=KEY, suspects=(Suspect(KEY),))
    known = replace(known, blue=replace(known.blue, rows=25))
    ParityTable.objects.create(
        of=under_way, name="orders", position=0, progress=known.as_json(), read=25,
        began_at=db_now(), seen_at=db_now(),
    )  # fmt: skip
    ParityTable.objects.create(of=under_way, name="items", position=1)
    Parity.objects.update(resting=False)
