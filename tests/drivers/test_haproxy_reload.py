"""What a new HAProxy process makes of the weights: the reason for a finding and for advice."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tests.drivers.build import at
from tests.real_haproxy import TWO_SERVERS, haproxy

if TYPE_CHECKING:
    from pathlib import Path

LOADING = f"    load-server-state-from-file global\n{TWO_SERVERS}"
QUARTER = Decimal(25)


def test_a_new_process_begins_with_the_weights_of_its_file(binary: str) -> None:
    with haproxy(binary) as before:
        at(before.tcp).apply(QUARTER, None)
    with haproxy(binary) as after:
        assert at(after.tcp).observe().weight == 0


def test_a_new_process_keeps_the_weights_of_a_state_file(binary: str, tmp_path: Path) -> None:
    """The recipe of docs/drivers/haproxy.md."""
    state = tmp_path / "state"
    with haproxy(binary, LOADING) as before:
        at(before.tcp).apply(QUARTER, None)
        state.write_text(before.ask("show servers state"))
    with haproxy(binary, LOADING, state=state) as after:
        assert at(after.tcp).observe().weight == QUARTER
