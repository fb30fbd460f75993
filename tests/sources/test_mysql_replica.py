"""What `SHOW REPLICA STATUS` and sets of transaction ids mean, in MySQL's and MariaDB's words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.reading import Outcome
from migrations_app.sources.mysql import replica
from migrations_app.sources.mysql.check import excess
from migrations_app.sources.mysql.gtid import missing
from migrations_app.sources.value import NoValue

_A = "3e11fa47-71ca-11e1-9e33-c80aa9429562"
_B = "4e11fa47-71ca-11e1-9e33-c80aa9429562"
_WELL = {
    "Replica_IO_Running": "Yes",
    "Replica_SQL_Running": "Yes",
    "Seconds_Behind_Source": 0,
    "Retrieved_Gtid_Set": f"{_A}:1-10",
    "Executed_Gtid_Set": f"{_A}:1-7",
}


@pytest.mark.parametrize(
    ("sent", "done", "count"),
    [
        (f"{_A}:1-10", f"{_A}:1-10", 0),
        (f"{_A}:1-10", f"{_A}:1-7", 3),
        (f"{_A}:1-10", "", 10),
        (f"{_A}:5-10:20", f"{_A}:1-6:9", 4),
        (f"{_A}:1-3,\n{_B}:7", f"{_B}:1-7", 3),
        (f"{_A.upper()}:1-3", f"{_A}:1-3", 0),
        (f"{_A}:night:1-3", f"{_A}:1-3", 3),
        ("", f"{_A}:1-3", 0),
        ("0-1-100", "0-1-100", 0),
        ("0-1-100,1-2-50", "0-7-90,1-2-50", 10),
        ("0-1-100", "", 100),
        ("nonsense", "", None),
        (f"{_A}:1-3", "0-1-100", None),
        ("0-1-100", f"{_A}:1-3", None),
    ],
)
def test_what_was_sent_and_not_done(sent: str, done: str, count: int | None) -> None:
    assert missing(sent, done) == count


_NUMBERS = st.sets(st.integers(1, 60))


@given(_NUMBERS, _NUMBERS)
def test_spans_count_as_their_numbers_do(sent: set[int], done: set[int]) -> None:
    def written(numbers: set[int]) -> str:
        return f"{_A}:" + ":".join(map(str, sorted(numbers))) if numbers else ""

    assert missing(written(sent), written(done)) == len(sent - done)


def test_a_healthy_replica() -> None:
    assert (replica.lag(_WELL), replica.running(_WELL), replica.gap(_WELL)) == (0.0, 1.0, 3.0)


@pytest.mark.parametrize(
    ("change", "outcome", "words"),
    [
        ({"Replica_IO_Running": "No"}, Outcome.ERROR, "its IO thread says No"),
        ({"Replica_IO_Running": "Connecting"}, Outcome.ERROR, "Connecting"),
        (
            {"Replica_SQL_Running": "No", "Last_SQL_Error": "Duplicate\nentry"},
            Outcome.ERROR,
            "Duplicate entry",
        ),
        ({"Seconds_Behind_Source": None}, Outcome.EMPTY, "that is not zero"),
    ],
)
def test_a_broken_replica_is_never_a_number(
    change: dict[str, object], outcome: Outcome, words: str
) -> None:
    found = replica.lag({**_WELL, **change})
    assert isinstance(found, NoValue)
    assert found.outcome is outcome
    assert words in found.detail


def test_old_names_of_columns_mean_the_same() -> None:
    columns = ["Slave_IO_Running", "Slave_SQL_Running", "Seconds_Behind_Master", "Gtid_Slave_Pos"]
    row = replica.the_one(columns, [["Yes", "Yes", 12, "0-1-1"]], "")
    assert not isinstance(row, NoValue)
    assert replica.lag(row) == 12.0


def test_several_sources_need_a_channel() -> None:
    columns, rows = ["Channel_Name", "Seconds_Behind_Source"], [["a", 1], ["b", 2]]
    several = replica.the_one(columns, rows, "")
    assert isinstance(several, NoValue)
    assert several.outcome is Outcome.MANY_SERIES
    assert replica.the_one(columns, rows, "b") == {"Channel_Name": "b", "Seconds_Behind_Source": 2}


@pytest.mark.parametrize(
    ("grant", "more"),
    [
        ("GRANT USAGE ON *.* TO `r`@`%`", []),
        ("GRANT SELECT, SHOW VIEW ON `orders`.* TO `r`@`%`", []),
        ("GRANT SELECT (a, b), PROCESS ON `orders`.`item` TO `r`@`%`", []),
        ("GRANT SELECT, INSERT (a, b), DROP ON `o`.* TO `r`@`%`", ["INSERT", "DROP"]),
        ("GRANT ALL PRIVILEGES ON *.* TO `r`@`%`", ["ALL PRIVILEGES"]),
        ("GRANT `reader`@`%` TO `r`@`%`", []),
    ],
)
def test_what_is_more_than_reading(grant: str, more: list[str]) -> None:
    assert excess(grant) == more
