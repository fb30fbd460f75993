"""Sources that are looked up in our own tables: what they promise without one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from migrations_app.conductor.lookups import FINDS
from migrations_app.domain.errors import Permanent
from migrations_app.domain.reading import Outcome, Query, Reading
from migrations_app.sources.alerts import AlertsSource
from migrations_app.sources.base import SOURCES, Source
from migrations_app.sources.looked_up import LookedUp
from migrations_app.sources.pushed import PushedSource

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
PAGE = 'severity="page"'
SIMPLE: tuple[Callable[[], LookedUp], ...] = (
    lambda: AlertsSource(AlertsSource.Config()),
    lambda: PushedSource(PushedSource.Config()),
)


def test_every_kind_that_is_looked_up_is_found() -> None:
    kinds = {kind for kind in SOURCES.kinds() if issubclass(SOURCES.load(kind), LookedUp)}
    assert kinds == FINDS.keys()


@pytest.mark.parametrize("build", SIMPLE)
def test_nothing_on_record_is_no_data(build: Callable[[], LookedUp]) -> None:
    source = build()
    assert isinstance(source, Source)
    for one in (source, source.asking(lambda _query, _at: None)):
        [found] = one.read([Query("a:value", PAGE)], NOW)
        assert (found.outcome, found.value) == (Outcome.EMPTY, None)
        assert found.detail


@pytest.mark.parametrize("build", SIMPLE)
def test_what_was_is_never_answered_by_what_is(build: Callable[[], LookedUp]) -> None:
    def answer(query: Query, at: datetime) -> Reading:
        return Reading(query.key, query.text, Outcome.OK, 1.0, at)

    source = build().asking(answer)
    then = Query("a:baseline", PAGE, timedelta(days=1))
    now, past = source.read([Query("a:value", PAGE), then], NOW)
    assert (now.value, past.outcome, past.value) == (1.0, Outcome.ERROR, None)
    with pytest.raises(Permanent):
        source.history(then, NOW, NOW, timedelta(seconds=5))
