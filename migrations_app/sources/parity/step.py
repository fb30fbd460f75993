"""One step of a comparison: a piece of the walk, or another look at rows that differed.

A step takes what is known and gives back what is known after it. Nothing else is remembered, so
that whoever comes next goes on from the last one that was written down.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from migrations_app.domain.parity.progress import Found, How, Stage, Suspect, Totals
from migrations_app.sources.parity.narrow import Both, narrow
from migrations_app.sources.parity.side import Span, bucket_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import ThreadPoolExecutor

    from migrations_app.domain.parity.progress import Key, Progress
    from migrations_app.sources.parity.config import ParityConfig
    from migrations_app.sources.parity.shape import Pair
    from migrations_app.sources.parity.side import Row, TableSide

AT_ONCE: Final = 200
"""Rows that are looked at with one statement."""


@dataclass(frozen=True, slots=True)
class Step:
    """What came of it. `read`: rows looked at on each side. `settle`: the rows that differed have
    to be left alone for a while before the next step."""

    progress: Progress
    found: tuple[Found, ...] = ()
    read: int = 0
    settle: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """What a step stands on."""

    config: ParityConfig
    pair: Pair
    pool: ThreadPoolExecutor


def step(ground: Ground, known: Progress) -> Step:
    """The next one. Raises a `SeamError`, and then nothing has come of it."""
    if known.stage is Stage.WALK:
        return _walk(ground, known)
    return _look(ground, known)


def _walk(ground: Ground, known: Progress) -> Step:
    pair, size = ground.pair, known.chunk or ground.config.chunk
    both = Both(pair.blue, pair.green, ground.pool)
    edges = both.ask(lambda side: side.edge(Span(known.after), size))
    span = Span(known.after, min((one for one in edges if one), key=pair.order, default=None))
    blue, green = both.sums(span)
    keys = sorted(narrow(both, span, blue, green), key=pair.order)
    suspects = _suspects(ground, keys)
    if len(suspects) >= ground.config.most:
        # Enough to follow one by one. The rest of the piece is walked over when they are settled.
        span = Span(known.after, suspects[-1].key)
        blue, green = both.sums(span)
    sampled = _sample(ground, known, span)
    wrong = {one.key: one for one in _suspects(ground, sampled, sampled=True)}
    found = {one.key: one for one in suspects} | wrong
    after = known.but(
        after=span.upto,
        chunk=size,
        chunks=known.chunks + 1,
        estimate=max(known.estimate or pair.estimate, known.blue.rows + blue.totals.rows),
        blue=known.blue.plus(blue.totals),
        green=known.green.plus(green.totals),
        suspects=(*known.suspects, *found.values()),
        sampled=known.sampled + len(sampled),
    )
    return _walked(ground, after, both.read + len(keys) + len(sampled))


def _walked(ground: Ground, after: Progress, read: int) -> Step:
    """At the end, or with enough to look at, the rows that differed are looked at again."""
    at_the_end = after.after is None
    if not at_the_end and len(after.suspects) < ground.config.most:
        return Step(after, read=read)
    if not after.suspects:
        return Step(_done(after), read=read)
    return Step(after.but(stage=Stage.LOOK), read=read, settle=True)


def _sample(ground: Ground, known: Progress, span: Span) -> list[Key]:
    """Rows of BLUE chosen at random, as many of each piece as it is a share of the table."""
    wanted = ground.config.sample
    rows = ground.pair.estimate or known.chunk or ground.config.chunk
    if not wanted:
        return []
    return ground.pair.blue.pick(span, min(1.0, wanted / rows), min(wanted, AT_ONCE))


def _suspects(ground: Ground, keys: Sequence[Key], *, sampled: bool = False) -> list[Suspect]:
    """Those whose values differ, in their order; no more than are followed one by one."""
    found: list[Suspect] = []
    for first in range(0, len(keys), AT_ONCE):
        part = keys[first : first + AT_ONCE]
        blue, green = _both_rows(ground, part)
        unlike = [key for key in part if blue.get(key) != green.get(key)]
        found += [Suspect(key, sampled, 1, _print(blue.get(key))) for key in unlike]
        if len(found) >= ground.config.most:
            return found[: ground.config.most]
    return found


def _both_rows(ground: Ground, keys: Sequence[Key]) -> tuple[dict[Key, Row], dict[Key, Row]]:
    green = ground.pool.submit(ground.pair.green.rows, keys)
    try:
        blue = ground.pair.blue.rows(keys)
    finally:
        error = green.exception()
    if error is not None:
        raise error
    return blue, green.result()


@dataclass
class _Sorting:
    """The rows of one look, as they are told apart."""

    ground: Ground
    again: list[Suspect] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    missing: Totals = field(default_factory=Totals)
    told: Counter[str] = field(default_factory=Counter)

    def take(self, suspect: Suspect, blue: Row | None, green: Row | None) -> None:
        """Equal by now; at rest in BLUE and still different; or to be looked at once more."""
        if blue == green:
            return
        before, now = suspect.print, _print(blue)
        if before == now:
            self._settled(suspect, blue, green)
        elif suspect.looks + 1 >= self.ground.config.looks:
            self.told["moving"] += 1
        else:
            self.again.append(replace(suspect, looks=suspect.looks + 1, print=now))

    def _settled(self, suspect: Suspect, blue: Row | None, green: Row | None) -> None:
        pair = self.ground.pair
        self.told["differing"] += 1
        self.told["sampled"] += suspect.sampled
        self.missing = self.missing.plus(_counted(pair.blue, pair.names, blue))
        self.missing = self.missing.plus(_counted(pair.green, pair.names, green), -1)
        self.found.append(Found(suspect.key, *_how(pair.names, blue, green)))


def _look(ground: Ground, known: Progress) -> Step:
    """At those that were looked at least often. All of one round come before the next."""
    round_ = min(one.looks for one in known.suspects)
    due = [one for one in known.suspects if one.looks == round_][:AT_ONCE]
    keys = {one.key for one in due}
    blue, green = _both_rows(ground, sorted(keys))
    sorting = _Sorting(ground)
    for suspect in due:
        sorting.take(suspect, blue.get(suspect.key), green.get(suspect.key))
    rest = [one for one in known.suspects if one.key not in keys]
    left = (*rest, *sorting.again)
    after = known.but(
        suspects=left,
        missing=known.missing.plus(sorting.missing),
        differing=known.differing + sorting.told["differing"],
        sample_differing=known.sample_differing + sorting.told["sampled"],
        moving=known.moving + sorting.told["moving"],
    )
    round_is_over = bool(left) and min(one.looks for one in left) > round_
    return Step(_looked(ground, after), tuple(sorting.found), len(due), round_is_over)


def _looked(ground: Ground, after: Progress) -> Progress:
    at_the_end = after.after is None
    if after.differing >= ground.config.most and not (at_the_end and not after.suspects):
        return _done(after.but(overflowed=True))
    if after.suspects:
        return after
    return _done(after) if at_the_end else after.but(stage=Stage.WALK)


def _done(after: Progress) -> Progress:
    """What is over holds no keys any more: they may be somebody's name."""
    return after.but(stage=Stage.DONE, after=None, suspects=())


def _print(row: Row | None) -> str:
    return sha256(repr(row).encode()).hexdigest()[:16]


def _how(names: Sequence[str], blue: Row | None, green: Row | None) -> tuple[How, tuple[str, ...]]:
    if green is None:
        return How.ONLY_BLUE, ()
    if blue is None:
        return How.ONLY_GREEN, ()
    unlike = [name for name, b, g in zip(names, blue, green, strict=True) if b != g]
    return How.DIFFERS, tuple(unlike)


def _counted(side: TableSide, names: Sequence[str], row: Row | None) -> Totals:
    """What one row adds to the totals of its side."""
    if row is None:
        return Totals()
    values = dict(zip(names, row, strict=True))
    sums = {name: Decimal(values[name] or 0) for name in side.sums}
    buckets = {name: {bucket_name(values[name]): 1} for name in side.buckets}
    return Totals(1, sums, buckets)
