"""The doctor: look at everything a night needs, and say of each thing how it is, plainly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError

from migrations_app.conductor import doctor_house, doctor_stack
from migrations_app.conductor.doctor_words import Part, ill, mind, well
from migrations_app.conductor.lint import lint
from migrations_app.domain.errors import ConfigError
from migrations_app.domain.plan.bind import bind
from migrations_app.domain.plan.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from migrations_app.conductor.doctor_words import Said
    from migrations_app.domain.plan.schema import Plan


def house() -> Iterator[Part]:
    """Our own half: settings, PostgreSQL, Redis, workers and pollers."""
    yield Part("Settings", tuple(doctor_house.configuration()))
    database = tuple(doctor_house.database())
    yield Part("PostgreSQL", database)
    broker = tuple(doctor_house.broker(settings.WARROOM_REDIS_URL))
    yield Part("Redis", broker)
    workers = doctor_house.workers() if _fine(broker) else _unasked("workers", "Redis")
    pollers = doctor_house.pollers() if _fine(database[:3]) else _unasked("pollers", "PostgreSQL")
    yield Part("Processes", (*workers, *pollers))


def stack(plan: Plan, environments: Sequence[str] = ()) -> Iterator[Part]:
    """The plan's half, in each of the named environments (or all): what it needs of the world."""
    yield Part("Plan", tuple(_plan(plan)))
    for name in environments or plan.environments:
        try:
            yield from doctor_stack.examine(bind(plan, name))
        except ConfigError as error:
            yield Part(name, (ill("bindings", str(error)),))
        except DatabaseError:
            yield Part(name, tuple(_unasked("routes, sources and channels", "PostgreSQL")))


def _plan(plan: Plan) -> Iterator[Said]:
    problems = lint(plan)
    for one in problems:
        word = ill if one.severity is Severity.ERROR else mind
        yield word(one.path or "plan", one.sentence)
    if not problems:
        yield well(plan.migration, "nothing in the plan refuses a start")


def _fine(said: Sequence[Said]) -> bool:
    return not any(one.wrong for one in said)


def _unasked(what: str, whom: str) -> list[Said]:
    return [mind(what, f"can't be asked for without {whom}")]
