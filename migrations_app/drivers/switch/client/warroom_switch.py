"""Switches that Warroom moves: their values in every instance of an application, and the signed
hook that changes them. Standard library only; copy this file or import it.

    switches = Switches(store, {"read_path": PERCENT, "dual_write": DUAL_WRITE})
    switches.start()
    hook = Hook(switches, [os.environ["WARROOM_SWITCH_SECRET"]])
    if switches.goes_green("read_path", customer_id): ...
    if switches.value("dual_write") in {"blue_to_green", "both"}: ...

Every instance follows the store by itself and reports the version it acts on; the hook, served by
any, answers how many do. Specified in Warroom's `docs/drivers/switch.md`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import logging
import os
import socket
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Value = str | int | float
PERCENT: Final[tuple[str, ...]] = ()  # instead of words: a number from 0 to 100
DUAL_WRITE: Final = ("off", "blue_to_green", "both", "green_to_blue")
WINDOW: Final = 300.0  # seconds that a request may be old or early
REMEMBERED: Final = 50  # idempotency keys per switch
LONGEST: Final = 16 * 1024  # bytes of a body
logger = logging.getLogger("warroom_switch")


class Store(Protocol):
    """Shared by all instances. Keys and values are short strings."""

    def load(self, prefix: str) -> dict[str, str]:
        """Every key that begins so, with its value."""
        ...

    def put(self, key: str, value: str | None) -> None:
        """Set, or forget (None)."""
        ...

    def swap(self, key: str, old: str | None, new: str) -> bool:
        """Set only if the value is still `old` (None: not there), atomically."""
        ...


@dataclass(frozen=True)
class Position:
    """Where a switch stands. Version 0 is before anybody moved it."""

    value: Value
    version: int = 0
    keys: Sequence[str] = ()
    reason: str = ""

    @classmethod
    def of(cls, text: str) -> Position:
        return cls(**json.loads(text))

    def text(self) -> str:
        return json.dumps(vars(self))


class Refused(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status


class Switches:
    """The switches of one instance. `declared` maps names to their words, the first of which holds
    until somebody moves it, or to `PERCENT`, which begins at 0.
    `every` seconds it looks whether something moved. An instance that was not heard of for `ttl`
    seconds counts as gone. `applied(name, value)` is called before a new value is acted on; while
    it raises, the old one stays and this instance is a straggler.
    """

    def __init__(
        self, store: Store, declared: Mapping[str, Sequence[str]], *, name: str = "",
        every: float = 0.5, ttl: float = 30.0,
        applied: Callable[[str, Value], None] | None = None,
    ) -> None:  # fmt: skip
        self.store, self.declared = store, dict(declared)
        self.name = name or f"{socket.gethostname()}-{os.getpid()}"
        self.ttl = ttl
        self._every, self._applied = every, applied
        self._now = {switch: self._first(switch) for switch in self.declared}
        self._told, self._heard = "", 0.0
        self._lock, self._over = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._follow, name="warroom-switch", daemon=True)

    def start(self) -> None:
        """Follow from now on. After a fork: threads don't survive one."""
        self.look()
        self._thread.start()

    def stop(self) -> None:
        """Say goodbye, so that nobody waits for this instance."""
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join()
        self.store.put(f"beat/{self.name}", None)

    @property
    def fresh(self) -> bool:
        """Whether the store was reached lately. Let a readiness probe fail where it was not."""
        return time.monotonic() - self._heard < self.ttl

    def value(self, switch: str) -> Value:
        """What this instance acts on now. No I/O."""
        return self._now[switch].value

    def goes_green(self, switch: str, key: str) -> bool:
        """Whether whoever `key` names (a customer, never a request) is among the percent. Who is
        in at 10 % is in at 25 % too."""
        bucket = int.from_bytes(hashlib.sha256(f"{switch}:{key}".encode()).digest()[:8], "big")
        return bucket % 10_000 < round(float(self.value(switch)) * 100)

    def position(self, switch: str) -> tuple[Position, str | None]:
        """Where the store has it, and the text to swap."""
        text = self.store.load(f"switch/{switch}").get(f"switch/{switch}")
        return (Position.of(text) if text else self._first(switch)), text

    def state(self, switch: str) -> dict[str, Any]:
        """The body of every answer of the hook."""
        now, _ = self.position(switch)
        beats = sorted(self._beats().items())
        acts = [(name, beat["switches"]) for name, beat in beats if switch in beat["switches"]]
        instances = [{"name": name, **act[switch]} for name, act in acts]
        return {
            "switch": switch,
            "values": list(self.declared[switch]) or "percent",
            "value": now.value,
            "version": now.version,
            "instances_total": len(instances),
            "instances_applied": sum(one["version"] == now.version for one in instances),
            "instances": instances,
        }

    def look(self) -> None:
        """Read the store once, act on what is new, and report."""
        with self._lock:
            for key, text in self.store.load("switch/").items():
                self._act(key.removeprefix("switch/"), Position.of(text))
            self._report()
            self._heard = time.monotonic()

    def _act(self, switch: str, there: Position) -> None:
        if switch not in self.declared or there.version == self._now[switch].version:
            return
        try:
            if self._applied is not None:
                self._applied(switch, there.value)
            self._now[switch] = there
        except Exception:
            logger.exception("%s stays at %r", switch, self.value(switch))

    def _report(self) -> None:
        now = self._now.items()
        acts = {switch: {"version": it.version, "value": it.value} for switch, it in now}
        told = json.dumps(acts)
        if told != self._told or time.monotonic() - self._heard > self.ttl / 3:
            about = {"at": time.time(), "switches": acts}
            self.store.put(f"beat/{self.name}", json.dumps(about))
            self._told = told

    def _beats(self) -> dict[str, Any]:
        told = self.store.load("beat/").items()
        beats = {key.removeprefix("beat/"): json.loads(text) for key, text in told}
        oldest = time.time() - self.ttl
        return {name: beat for name, beat in beats.items() if beat["at"] > oldest}

    def _first(self, switch: str) -> Position:
        words = self.declared[switch]
        return Position(words[0] if words else 0)

    def _follow(self) -> None:
        while not self._over.wait(self._every):
            try:
                self.look()
            except Exception:
                logger.exception("the store of switches can't be reached")


class Hook:
    """`secrets`: `whsec_…`, several while they are being rotated. An answer to a change is held
    back until every instance has followed, for up to `settle` seconds."""

    def __init__(
        self, switches: Switches, secrets: Sequence[str], *, settle: float = 1.0,
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._switches, self._settle, self._clock = switches, settle, clock
        self._keys = [key_of(secret) for secret in secrets]

    def answer(
        self, method: str, switch: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, bytes]:
        """Status and JSON. Header names in lower case."""
        try:
            verify(self._keys, headers, body, self._clock())
            status, data = 200, self._state(method, switch, headers["webhook-id"], body)
        except Refused as error:
            status, data = error.status, {"error": str(error)}
        return status, json.dumps(data).encode()

    def _state(self, method: str, switch: str, identifier: str, body: bytes) -> dict[str, Any]:
        if switch not in self._switches.declared:
            names = ", ".join(self._switches.declared)
            raise Refused(404, f"there is no switch {switch[:40]}: there is {names}")
        if method not in {"GET", "PUT"}:
            raise Refused(405, "GET and PUT only")
        if method == "PUT":
            self._change(switch, _asked(body, switch, identifier))
        return self._switches.state(switch)

    def _change(self, switch: str, asked: Mapping[str, Any]) -> None:
        self._check(switch, asked["value"])
        while True:
            now, text = self._switches.position(switch)
            if asked["idempotency_key"] in now.keys:
                break
            if asked["expected_version"] not in {None, now.version}:
                raise Refused(409, f"it is at version {now.version} ({now.value}) by now")
            keys = (*now.keys[1 - REMEMBERED :], asked["idempotency_key"])
            then = Position(asked["value"], now.version + 1, keys, str(asked["reason"])[:500])
            if self._switches.store.swap(f"switch/{switch}", text, then.text()):
                break
        self._wait(switch)

    def _wait(self, switch: str) -> None:
        until = time.monotonic() + self._settle
        self._switches.look()
        while time.monotonic() < until:
            state = self._switches.state(switch)
            if state["instances_applied"] == state["instances_total"]:
                return
            time.sleep(0.01)

    def _check(self, switch: str, value: object) -> None:
        words = self._switches.declared[switch]
        if words and value not in words:
            raise Refused(422, f"{switch} takes {', '.join(words)}")
        if not words and not (type(value) in {int, float} and 0 <= float(str(value)) <= 100):
            raise Refused(422, f"{switch} takes a number from 0 to 100")


def key_of(secret: str) -> bytes:
    """The bytes of a `whsec_…`, 24 to 64 of them."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise ValueError("a secret is whsec_ and base64") from None
    if not secret.startswith("whsec_") or not 24 <= len(key) <= 64:
        raise ValueError("a secret is whsec_ and 24 to 64 bytes in base64")
    return key


def verify(keys: Sequence[bytes], headers: Mapping[str, str], body: bytes, now: float) -> None:
    """`Refused` unless one of `keys` signed this, lately."""
    if len(body) > LONGEST:
        raise Refused(413, f"a body has at most {LONGEST} bytes")
    parts = ("webhook-id", "webhook-timestamp", "webhook-signature")
    identifier, timestamp, signatures = (headers.get(part, "") for part in parts)
    if not (identifier and timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        raise Refused(401, f"{', '.join(parts)} are missing")
    if abs(now - int(timestamp)) > WINDOW:
        raise Refused(401, f"signed at {timestamp}, which is not within {WINDOW:g} s of our clock")
    content = f"{identifier}.{timestamp}.".encode() + body
    mine = [hmac.new(key, content, hashlib.sha256).digest() for key in keys]
    theirs = [f"v1,{base64.b64encode(one).decode()}".encode() for one in mine]
    given = signatures.encode().split()
    if not any(hmac.compare_digest(one, other) for one in given for other in theirs):
        raise Refused(401, "the signature is not ours")


def _asked(body: bytes, switch: str, identifier: str) -> dict[str, Any]:
    try:
        asked = json.loads(body)
        keys = ("switch", "value", "expected_version", "idempotency_key", "reason")
        found = {key: asked[key] for key in keys}
    except (ValueError, TypeError, KeyError) as error:
        raise Refused(400, f"the body is not what the contract says: {error!r}") from None
    if (found["switch"], found["idempotency_key"]) != (switch, identifier):
        raise Refused(400, "the body is about another switch or another request")
    if not isinstance(found["value"], str | int | float):
        raise Refused(422, "a value is a word or a number")
    return found
