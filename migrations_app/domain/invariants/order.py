"""The order of decisions: none is missing, none counts twice, none goes forward after an abort."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from migrations_app.domain.fold import Contradiction, fold
from migrations_app.domain.invariants.night import Night, Wrong
from migrations_app.domain.states import Verb
from migrations_app.domain.story import differences
from migrations_app.domain.timeline import Kind, verify

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from migrations_app.domain.invariants.night import Answer

FORWARD = frozenset({Verb.GO, Verb.ADVANCE, Verb.COMPLETE, Verb.AUTO_COMPLETE})


def dense(night: Night) -> Iterator[Wrong]:
    """The chain is whole, and revisions grow by one at a time."""
    for one in verify(night.entries, night.head):
        yield Wrong("dense", f"entry {one.seq}: {one.sentence}")
    before = 0
    for entry in night.entries:
        if entry.revision not in {before, before + 1}:
            yield Wrong("dense", f"revision {entry.revision} follows {before} at {entry.seq}")
        before = entry.revision


def folds(night: Night) -> Iterator[Wrong]:
    """A run can have lived this, and the tables hold nothing else."""
    try:
        told = fold(night.entries)
    except Contradiction as contradiction:
        yield Wrong("fold", str(contradiction))
        return
    if night.story is not None:
        yield from (Wrong("fold", one) for one in differences(told, night.story))


def once(night: Night) -> Iterator[Wrong]:
    """A key stands for one decision, every acknowledged decision is there, and nobody's decision
    is somebody else's."""
    verbs = {entry.seq: entry.verb for entry in night.entries}
    acknowledged = [(said.seq, said) for said in night.answers if said.seq is not None]
    for seq, said in acknowledged:
        if verbs.get(seq) != said.verb:
            yield Wrong("once", f"{said.verb} was acknowledged as entry {seq}, which is not it")
    yield from _doubled([(seq, said.key) for seq, said in acknowledged if said.key])


def _doubled(pairs: Sequence[tuple[int, str]]) -> Iterator[Wrong]:
    keys: dict[str, set[int]] = defaultdict(set)
    owners: dict[int, set[str]] = defaultdict(set)
    for seq, key in pairs:
        keys[key].add(seq)
        owners[seq].add(key)
    for key, seqs in keys.items():
        if len(seqs) > 1:
            yield Wrong("once", f"key {key} decided {len(seqs)} times: entries {sorted(seqs)}")
    for seq, several in owners.items():
        if len(several) > 1:
            yield Wrong("once", f"entry {seq} answers {len(several)} different keys")


def seen(night: Night) -> Iterator[Wrong]:
    """Who goes forward decided on what was there: the revision they named is the one before."""
    revisions = {entry.seq: entry.revision for entry in night.entries}
    for said in night.answers:
        forward = said.verb in FORWARD and said.seq is not None and said.revision is not None
        if forward and revisions.get(said.seq or 0) != (said.revision or 0) + 1:
            yield Wrong(
                "seen",
                f"{said.verb} on a screen of revision {said.revision} became "
                f"revision {revisions.get(said.seq or 0)}",
            )


def aborted(night: Night) -> Iterator[Wrong]:
    """Within a leg nothing goes forward after the abort: not on the timeline, and not for a client
    who asked after somebody was told that the way back was called."""
    gone: set[int] = set()
    for entry in night.entries:
        if entry.verb == Verb.ROLL_BACK:
            gone.add(entry.leg)
        elif entry.leg in gone and _forward(entry.verb, entry.kind, entry.payload):
            yield Wrong("aborted", f"entry {entry.seq} ({entry.kind}) went forward after the abort")
    called = [said for said in night.answers if said.verb == Verb.ROLL_BACK and said.seq]
    for said in night.answers:
        if said.verb in FORWARD and said.seq and any(_before(one, said) for one in called):
            yield Wrong("aborted", f"{said.verb} as entry {said.seq} was said after the way back")


def _before(called: Answer, said: Answer) -> bool:
    return called.leg == said.leg and called.ended < said.began


def _forward(verb: str, kind: str, payload: object) -> bool:
    confirmed = kind == Kind.WEIGHT_CONFIRMED and isinstance(payload, dict)
    return verb in FORWARD or (
        confirmed and isinstance(payload, dict) and payload.get("purpose") == "forward"
    )


LAWS = {"dense": dense, "fold": folds, "once": once, "seen": seen, "aborted": aborted}
