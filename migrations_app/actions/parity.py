"""Write down how a comparison of two databases goes on. What is told on the timeline is little:
that one began, that a difference appeared, that it is gone."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.crypto import salted_hmac

from migrations_app.actions.lock import locked
from migrations_app.actions.record import record, ring
from migrations_app.domain.actor import ENGINE
from migrations_app.domain.parity.answer import sentence
from migrations_app.domain.parity.ask import KIND
from migrations_app.domain.parity.progress import Progress, Stage
from migrations_app.domain.states import LIVE
from migrations_app.domain.timeline import Kind, digest
from migrations_app.models import Parity, ParityDifference, ParityPass, ParityTable
from migrations_app.models.clock import db_now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrations_app.actions.lock import Locked
    from migrations_app.domain.parity.progress import Key

LEASE_S: Final = 60.0
"""Longer than any step: it asks for 25 s at most, and its last statement takes 22 s at most."""


KEPT: Final = 20
"""Passes whose differing rows are still known."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A comparison that is ours, until somebody takes it over (a higher epoch)."""

    parity: Parity
    epoch: int

    def renew(self) -> bool:
        """False when it is somebody else's by now, and nothing may be written any more."""
        mine = Parity.objects.filter(pk=self.parity.pk, lease_epoch=self.epoch)
        return mine.update(lease_until=db_now() + timedelta(seconds=LEASE_S)) == 1


def compare(held: Locked) -> None:
    """Rows for the sources of the plan that compare databases. One that is configured otherwise
    than before begins anew; one that is gone is left as it was."""
    for name, binding in held.bound.sources.items():
        if binding.kind != KIND:
            continue
        config = digest(binding.config)
        new = {"config_sha256": config, "salt": secrets.token_hex(32), "due_at": held.now}
        row, made = Parity.objects.get_or_create(run=held.run, source=name, defaults=new)
        if not made and row.config_sha256 != config:
            row.config_sha256, row.due_at, row.resting = config, held.now, False
            row.save(update_fields=["config_sha256", "due_at", "resting"])


def begin(hold: Hold, tables: Sequence[str]) -> ParityPass | None:
    """Open the next pass over `tables`; None where it is not ours to open any more."""
    with locked(hold.parity.run_id) as held:
        if held.state not in LIVE or not hold.renew():
            return None
        _abandon(hold.parity)
        last = ParityPass.objects.filter(parity=hold.parity).first()
        opened = ParityPass.objects.create(
            parity=hold.parity,
            number=1 if last is None else last.number + 1,
            leg=held.run.leg,
            config_sha256=hold.parity.config_sha256,
            began_at=held.now,
        )
        ParityTable.objects.bulk_create(
            ParityTable(of=opened, name=name, position=at) for at, name in enumerate(tables)
        )
        Parity.objects.filter(pk=hold.parity.pk).update(began_at=held.now, resting=False)
        if last is None:
            _tell(held, hold.parity, Kind.PARITY_BEGUN, f"comparing {', '.join(tables)}")
        return opened


def _abandon(parity: Parity) -> None:
    """A pass under another configuration says nothing; what it held of keys goes with it."""
    ParityPass.objects.filter(parity=parity, ended_at=None).delete()


def keep(
    hold: Hold, table: ParityTable, known: Progress, found: Sequence[ParityDifference], read: int
) -> bool:
    """Write down one step. False, and nothing is written, if it is not ours any more."""
    now = db_now()
    table.progress, table.seen_at, table.read = known.as_json(), now, table.read + read
    table.began_at = table.began_at or now
    table.ended_at = now if known.stage is Stage.DONE else None
    with transaction.atomic():
        if not hold.renew():
            return False
        table.save()
        ParityDifference.objects.bulk_create(found)
        ring(hold.parity.run_id, "metrics")
    return True


def give_up(hold: Hold, table: ParityTable, why: str) -> bool:
    """A table that can't be compared: the others can."""
    table.trouble, table.ended_at, table.progress = why[:500], db_now(), {}
    with transaction.atomic():
        if not hold.renew():
            return False
        table.save()
    return True


def named(parity: Parity, key: Key, *, shown: bool) -> str:
    """A row's key as it is kept: a digest that can be compared within a run, and read by nobody."""
    if shown:
        return ", ".join(key)[:500]
    text = json.dumps(key)
    return salted_hmac(f"parity:{parity.salt}", text, algorithm="sha256").hexdigest()[:20]


def end(hold: Hold, over: ParityPass) -> bool:
    """Close a pass, and tell if what it found is news."""
    with locked(hold.parity.run_id) as held:
        if not hold.renew():
            return False
        ParityPass.objects.filter(pk=over.pk).update(ended_at=held.now)
        _forget(over)
        before = _differing(hold.parity, over)
        now = {row.name: Progress.from_json(row.progress) for row in over.tables.filter(trouble="")}
        found = {name for name, done in now.items() if done.differing}
        if found - (before or set()):
            told = "; ".join(sentence(name, now[name]) for name in sorted(found))
            _tell(held, hold.parity, Kind.PARITY_DIFFERS, told)
        elif all(done.equal for done in now.values()) and now and before != set():
            rows = sum(done.blue.rows for done in now.values())
            told = f"{', '.join(now)}: {rows:,} rows, all equal"
            _tell(held, hold.parity, Kind.PARITY_EQUAL, told)
    return True


def _forget(over: ParityPass) -> None:
    """What passes found long ago: their readings and the timeline are kept, their rows are not."""
    ParityPass.objects.filter(parity=over.parity_id, number__lte=over.number - KEPT).delete()


def _differing(parity: Parity, over: ParityPass) -> set[str] | None:
    """Which tables differed in the pass before; None where there was none."""
    last = ParityPass.objects.filter(parity=parity, number__lt=over.number).first()
    if last is None or last.config_sha256 != over.config_sha256:
        return None
    rows = last.tables.filter(trouble="")
    return {row.name for row in rows if Progress.from_json(row.progress).differing}


def _tell(held: Locked, parity: Parity, kind: Kind, told: str) -> None:
    payload = {"source": parity.source}
    record(held, kind, f"Data parity ({parity.source}): {told}", ENGINE, payload=payload)
