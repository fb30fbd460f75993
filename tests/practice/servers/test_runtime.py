from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.practice.servers.runtime import revived, weights

COLUMNS = (
    "be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight "
    "srv_time_since_last_change srv_check_status srv_check_result srv_check_health "
    "srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord "
    "srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port"
)


def state(blue: int, green: int, *, up: int = 2, port: int = 1000) -> str:
    row = "3 orders {0} {1} 127.0.0.1 {2} 0 {3} 0 1 8 2 0 6 0 0 0 - {4} - 0 0 - - 0"
    rows = [row.format(1, "blue", up, blue, port), row.format(2, "green", up, green, port + 1)]
    return "\n".join(["1", f"# {COLUMNS}", *rows, "", ""])


weight = st.integers(0, 256)


@given(blue=weight, green=weight, up=st.integers(0, 3))
def test_a_fresh_start_keeps_the_weights_and_nothing_else_of_last_time(
    blue: int, green: int, up: int
) -> None:
    new = revived(state(blue, green, up=up), {"blue": 2000, "green": 3000})

    assert weights(new) == {"blue": blue, "green": green}
    rows = [line.split() for line in new.splitlines()[2:]]
    assert [row[5] for row in rows] == ["2", "2"]
    assert [row[18] for row in rows] == ["2000", "3000"]


def test_servers_that_are_not_ours_stay_as_they_are() -> None:
    assert revived(state(1, 2, up=0), {}) == state(1, 2, up=0).rstrip() + "\n"


def test_half_a_state_is_an_error_rather_than_half_a_truth() -> None:
    with pytest.raises(ValueError, match="shorter"):
        weights(state(1, 2)[:-40])
