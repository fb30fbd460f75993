"""What every driver of a Kubernetes object does alike: read it, patch it, and say so in words.

The token that `observe` gives is a fingerprint of what was decided upon; the write itself is
guarded by the `resourceVersion` of a reading made just before it. So a controller that writes a
status in between costs a second try, and a person who moves a weight makes a `Conflict`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final, Protocol

from migrations_app.domain.errors import Conflict, Permanent, SeamError, Transient
from migrations_app.domain.finding import Finding
from migrations_app.drivers.base import Capabilities, Observed
from migrations_app.drivers.kube.api import Api, fingerprint
from migrations_app.drivers.kube.hands import other_hands
from migrations_app.drivers.kube.patch import same_version, was
from migrations_app.wire.deadline import Deadline
from migrations_app.wire.place import protection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

    from migrations_app.drivers.kube.api import Obj
    from migrations_app.drivers.kube.cluster import Cluster
    from migrations_app.drivers.kube.patch import Op
    from migrations_app.drivers.kube.thing import Thing

TRIES: Final = 4
# A sheet is printed for many routes, one after the other, some of which may be out of reach.
_SHEET_S: Final = 1.5
ZERO: Final = Decimal(0)


class Hand(Protocol):
    """Which part of an object is moved, and how. Pure."""

    def cannot(self, weight: Decimal) -> str | None: ...

    def seen(self, obj: Obj) -> tuple[Decimal, str]:
        """GREEN's share and a detail for people; `Permanent` where it makes no sense."""
        ...

    def ops(self, obj: Obj | None, weight: Decimal) -> list[Op]:
        """What sets it, absolutely, behind tests of what it takes for granted. None: the object
        could not be read, so its shape is assumed, which the tests then make sure of."""
        ...

    def shown(self, obj: Obj | None) -> str:
        """The JSONPath of what tells the share."""
        ...

    def findings(self, obj: Obj) -> Iterator[Finding]:
        """What is wrong with that part, and what is well."""
        ...


class KubeDriver:
    """`hand` knows the part of `thing` that is moved; a subclass adds what needs further reads."""

    kind: ClassVar[str]
    Config: ClassVar[type[BaseModel]]
    capabilities: ClassVar[Capabilities]
    verify_deadline: ClassVar[float] = 60.0
    read_interval: ClassVar[float] = 2.0
    tried: ClassVar[str]
    subresource: ClassVar[str] = ""  # where the patch goes, if not to the object itself
    lag = 0.0

    def __init__(self, cluster: Cluster, thing: Thing, hand: Hand) -> None:
        self._cluster = cluster
        self._thing = thing
        self._hand = hand
        self._api = Api(cluster)

    def cannot(self, weight: Decimal) -> str | None:
        """Why this share can't be written, or None. No I/O."""
        return self._hand.cannot(weight)

    def observe(self) -> Observed:
        """The share that is written in the object, once whoever enforces it has taken it."""
        deadline = self._deadline()
        obj = self._read(deadline)
        weight, detail = self._hand.seen(obj)
        told = self._in_effect(obj, weight, deadline)
        return Observed(weight, self._token(obj), f"{detail}{told}"[:500])

    def apply(self, weight: Decimal, token: str | None) -> None:
        """Set both sides in one patch, which the server refuses if the object changed meanwhile."""
        self._refuse(weight)
        self._write(weight, token, self._deadline())

    def preview(self, weight: Decimal) -> list[str]:
        """The patch, an operation a line, each with what is there now."""
        self._refuse(weight)
        obj, unread = self._glance(self._deadline())
        below = f"/{self.subresource}" if self.subresource else ""
        header = f"PATCH {self._thing.path}{below} at {self._cluster.host}"
        lines = [_line(op, obj) for op in self._hand.ops(obj, weight)]
        return [header, *(lines or ["nothing to change"]), *([unread] if unread else [])]

    def manual_commands(self, weight: Decimal) -> list[str]:
        """`kubectl` lines: one patch for both sides, refused where its tests fail, and a read-back.

        Where in the object the sides stand is read if that takes no time; else it is assumed.
        """
        self._refuse(weight)
        obj, _ = self._glance(Deadline(min(_SHEET_S, self._deadline().seconds)))
        ops = self._hand.ops(obj, weight)
        return [self._thing.patched(ops, self.subresource), self._thing.read(self._hand.shown(obj))]

    def check(self) -> list[Finding]:
        """Reachable, allowed, both sides there, nobody else's hands on it; then what is special."""
        deadline = self._deadline()
        try:
            obj = self._read(deadline)
        except SeamError as error:
            return [*protection(self._cluster, "weights"), self._ill(error)]
        looks = (
            self._hand.findings(obj),
            self._hands(obj),
            self._way_back(obj, deadline),
            self._more(obj, deadline),
        )
        seen = [found for look in looks for found in self._guarded(look)]
        return [*protection(self._cluster, "weights"), self._there(), *seen]

    def close(self) -> None:
        self._api.close()

    def _deadline(self) -> Deadline:
        return Deadline(self._cluster.timeout.total_seconds())

    def _read(self, deadline: Deadline) -> Obj:
        return self._api.get(self._thing.path, deadline)

    def _token(self, obj: Obj) -> str:
        return fingerprint(obj, obj.get("spec"))

    def _in_effect(self, obj: Obj, weight: Decimal, deadline: Deadline) -> str:
        """Raises while what is written is not what is served; else something to add in words."""
        return ""

    def _may_go(self, obj: Obj, deadline: Deadline) -> None:
        """Raises `Permanent` where GREEN must not get more. Never asked on the way back."""

    def _refuse(self, weight: Decimal) -> None:
        if why := self.cannot(weight):
            raise Permanent(why)

    def _still(self, obj: Obj, token: str | None) -> None:
        if token is not None and token != self._token(obj):
            raise Conflict(f"Somebody else has changed {self._thing} since it was read.")

    def _write(self, weight: Decimal, token: str | None, deadline: Deadline) -> Obj:
        """Read and write until nobody came in between. The object as it was before."""
        for _ in range(TRIES):
            obj = self._read(deadline)
            self._still(obj, token)
            if weight:
                self._may_go(obj, deadline)
            if self._written(obj, self._hand.ops(obj, weight), deadline):
                return obj
        raise Transient(f"{self._thing} changes faster than we can write; nothing was written.")

    def _written(self, obj: Obj, ops: list[Op], deadline: Deadline) -> bool:
        """False if the object moved between our reading and our writing."""
        if all(op.holds(obj) for op in ops):
            return True
        try:
            self._patch([same_version(obj), *ops], deadline)
        except (Conflict, Permanent):
            if self._moved(obj, deadline):
                return False
            raise
        return True

    def _patch(self, ops: list[Op], deadline: Deadline, *, dry: bool = False) -> None:
        self._api.patch(self._thing, ops, deadline, subresource=self.subresource, dry=dry)

    def _moved(self, obj: Obj, deadline: Deadline) -> bool:
        """A failed `test` comes back as 422, like much else: only a look tells which it was."""
        return not same_version(obj).holds(self._read(deadline))

    def _glance(self, deadline: Deadline) -> tuple[Obj | None, str]:
        """The object, or why it can't be had."""
        try:
            obj = self._read(deadline)
            self._hand.shown(obj)
        except SeamError as error:
            return None, f"Its shape is assumed, as it can't be seen: {error}"
        return obj, ""

    def _guarded(self, look: Iterator[Finding]) -> Iterator[Finding]:
        """What could not be looked at is a finding too, and stops no other look."""
        try:
            yield from look
        except SeamError as error:
            yield self._ill(error)

    def _ill(self, error: SeamError) -> Finding:
        return Finding(ok=False, what=str(self._thing), sentence=str(error))

    def _there(self) -> Finding:
        sentence = f"{self._thing} is there, and we may read it."
        return Finding(ok=True, what=str(self._thing), sentence=sentence)

    def _hands(self, obj: Obj) -> Iterator[Finding]:
        """Who else writes to what we write to."""
        return other_hands(self._thing, obj)

    def _more(self, obj: Obj, deadline: Deadline) -> Iterator[Finding]:
        yield from ()

    def _way_back(self, obj: Obj, deadline: Deadline) -> Iterator[Finding]:
        """The patch of a rollback, sent as a dry run: rights, admission and schema in one."""
        what = f"the way back of {self._thing}"
        try:
            self._patch(self._hand.ops(obj, ZERO), deadline, dry=True)
        except SeamError as error:
            sentence = f"A rollback would be refused, says a dry run of it. {error}"
            yield Finding(ok=False, what=what, sentence=sentence)
        else:
            yield Finding(ok=True, what=what, sentence="A dry run of a rollback was taken.")


def _line(op: Op, obj: Obj | None) -> str:
    """A test that holds needs no more words."""
    if op.op == "test" and obj is not None and op.holds(obj):
        return str(op)
    return f"{op} ({'now unknown' if obj is None else f'now {was(op, obj)}'})"
