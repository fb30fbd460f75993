"""The lease on a route: one at a time talks to a plane, and the late know that they are late."""

from __future__ import annotations

import os
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from migrations_app.drivers.base import Observed

LEASE_S = 6.0
"""Three driver calls of two seconds. A process that died frees its routes after this long."""

_FRESH_S = LEASE_S * 0.6
"""So long after it was taken or renewed, nobody else can have taken a lease over unforced."""

OWNER = f"{socket.gethostname()[:40]}:{os.getpid()}"


@dataclass(slots=True)
class Lease:
    """Held by this process until `give_back`, or until it is taken over (a higher epoch)."""

    route_id: int
    epoch: int
    taken: float  # monotonic, at our end

    def fresh(self) -> bool:
        """Whether it was taken or renewed a moment ago."""
        return time.monotonic() - self.taken <= _FRESH_S

    def may_write(self) -> bool:
        """Whether it is still ours. Asked of the database, and renewed, where it is not fresh: a
        slow plane was read meanwhile, or this process was stopped and wakes up here."""
        return self.fresh() or self._renewed()

    def _renewed(self) -> bool:
        now = time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute(_RENEW, [LEASE_S, self.route_id, self.epoch])
            ours: bool = cursor.rowcount == 1
        if ours:
            self.taken = now
        return ours


_RENEW = """
UPDATE migrations_app_route
   SET lease_until = clock_timestamp() + make_interval(secs => %s)
 WHERE id = %s AND lease_epoch = %s AND lease_until IS NOT NULL
"""

_TAKE = """
UPDATE migrations_app_route
   SET lease_owner = %s, lease_epoch = lease_epoch + 1, handed_at = NULL,
       lease_until = clock_timestamp() + make_interval(secs => %s)
 WHERE id = %s AND (%s OR lease_until IS NULL OR lease_until <= clock_timestamp())
RETURNING lease_epoch
"""

_GIVE_BACK = """
UPDATE migrations_app_route
   SET lease_until = NULL, read_at = clock_timestamp() + make_interval(secs => %s)
 WHERE id = %s AND lease_epoch = %s
"""

_SEEN = """
UPDATE migrations_app_route
   SET observed = %s, observed_at = clock_timestamp(), observed_detail = %s,
       in_flight = %s
 WHERE id = %s AND lease_epoch = %s
"""


def take(route_id: int, *, force: bool = False) -> Lease | None:
    """The lease, or None while somebody else has it. `force` takes it over: on the way back to
    BLUE nobody waits for a process that may be stuck."""
    taken = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [OWNER, LEASE_S, route_id, force])
        row = cursor.fetchone()
    return None if row is None else Lease(route_id, int(row[0]), taken)


def give_back(lease: Lease, again_in: float | None) -> None:
    """Free the route; it is to be read again in `again_in` seconds, or never (None).

    Does nothing if it was taken over meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, [again_in, lease.route_id, lease.epoch])


def write_seen(lease: Lease, seen: Observed) -> None:
    """Store a routine read-back, if the lease is still ours."""
    with connection.cursor() as cursor:
        told = (seen.weight, seen.detail[:500], seen.in_flight)
        cursor.execute(_SEEN, (*told, lease.route_id, lease.epoch))
