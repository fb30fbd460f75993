"""What must hold of every run, whatever died, hung, lied or came late: held against what happened.

The accounts are independent of one another: our timeline, our attempts and readings, the
load balancer's own log, and what clients were told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.invariants import gates, order, traffic

if TYPE_CHECKING:
    from migrations_app.domain.invariants.night import Night, Wrong

LAWS = {**order.LAWS, **gates.LAWS, **traffic.LAWS}
"""Every law by its name: a function from a night to the sentences that say where it was broken."""


def broken(night: Night) -> list[Wrong]:
    """Every law that does not hold, with a sentence for each place. Empty after a good night."""
    return [wrong for law in LAWS.values() for wrong in law(night)]
