"""A rollback is followed in the log by its latch, whoever writes it down."""

from __future__ import annotations

from contextvars import Context
from typing import TYPE_CHECKING

import pytest

from migrations_app.actions import rollback
from migrations_app.actions.rollback import Back
from migrations_app.conductor.rollback import write_down
from migrations_app.domain.about import known
from tests.build import phase

if TYPE_CHECKING:
    import logging
    from collections.abc import Iterator

    from tests.conductor.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)


class Lines:
    """What was logged, each line with what was known then."""

    def __init__(self) -> None:
        self.said: list[tuple[str, dict[str, object]]] = []

    def filter(self, record: logging.LogRecord) -> bool:
        self.said.append((record.getMessage(), dict(known())))
        return True

    def of(self, message: str) -> dict[str, object]:
        return next(facts for said, facts in self.said if said == message)


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[Lines]:
    kept = Lines()
    caplog.set_level("INFO")
    caplog.handler.addFilter(kept)
    yield kept
    caplog.handler.removeFilter(kept)


def test_a_latch_leads_to_the_decision_and_the_decision_to_the_read_back(
    house: House, lines: Lines
) -> None:
    """Each by a process of its own, which knows nothing but what is in the tables."""
    made = house.started(phases=[phase("half", 50), phase("all", 100)])
    house.settle(made)
    lines.said.clear()
    Context().run(rollback.latch, made.run_id, made.lee, Back(reason="sick", sure=True))
    Context().run(house.visit, made)
    Context().run(write_down, made.run_id, 2000)
    Context().run(house.visit, made)
    latch = f"{made.run_id}.1"
    assert lines.of("latched") == {
        "run": made.run_id, "leg": 1, "latch": latch, "by": "lee",
    }  # fmt: skip
    written = lines.of("set to 0 %: ok")
    assert (written["latch"], written["route"]) == (latch, "web")
    decided = lines.of("rollback")
    assert decided["latch"] == latch
    confirmed = lines.of("weight_confirmed")
    assert confirmed["decision"] == decided["decision"]
    assert confirmed["route"] == "web"


def test_what_a_person_wrote_is_in_no_line(house: House, lines: Lines) -> None:
    made = house.started(phases=[phase("half", 50), phase("all", 100)])
    house.settle(made)
    rollback.latch(made.run_id, made.lee, Back(reason="s3cret words", sure=True))
    write_down(made.run_id, 2000)
    house.visit(made)
    assert lines.of("restored")
    assert "s3cret" not in str(lines.said)
