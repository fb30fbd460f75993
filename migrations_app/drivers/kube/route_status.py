"""Whether those who enforce an HTTPRoute have taken it as it is now written. Pure.

An invalid backend keeps its share, and its requests get 500: so GREEN gets nothing more while a
backend is unresolved. Some controllers (Linkerd's) never tell which generation they speak of; then
what they say is taken for the present one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.errors import Permanent, Transient
from migrations_app.drivers.kube.api import dig, number, objects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.kube.api import Obj


def accepted(thing: str, obj: Obj) -> None:
    """`Transient` until every parent has taken this generation, `Permanent` if one refuses it."""
    parents = _parents(obj)
    if not parents:
        raise Transient(f"{thing}: no gateway or mesh has taken it yet (its status is empty).")
    for parent in parents:
        _taken(thing, parent, number(obj, "metadata", "generation") or 0)


def unresolved(obj: Obj) -> str:
    """What is wrong with its backends, by its parents' account; empty if nothing is."""
    told = (_condition(parent, "ResolvedRefs") for parent in _parents(obj))
    return "; ".join(_why(one) for one in told if one.get("status") == "False")


def conditions(obj: Obj) -> Iterator[str]:
    """A phrase for each parent, for people."""
    for parent in _parents(obj):
        told = ", ".join(
            f"{one.get('type')} {one.get('status')}" for one in objects(parent, "conditions")
        )
        yield f"{_named(parent)} ({parent.get('controllerName')}): {told}"


def _taken(thing: str, parent: Obj, generation: int) -> None:
    told = _condition(parent, "Accepted")
    seen = number(told, "observedGeneration")
    if seen is not None and seen < generation:
        raise Transient(
            f"{thing}: {_named(parent)} still serves generation {seen}, {generation} is written."
        )
    if told.get("status") == "False":
        raise Permanent(f"{thing}: {_named(parent)} refuses it: {_why(told)}.")
    if told.get("status") != "True":
        raise Transient(f"{thing}: {_named(parent)} has not said yet whether it takes it.")


def _parents(obj: Obj) -> list[Obj]:
    """Statuses of the parents that are wanted now; an old one may be left of another."""
    wanted = {_ref(one) for one in objects(obj, "spec", "parentRefs")}
    found = objects(obj, "status", "parents")
    return [one for one in found if _ref(one.get("parentRef")) in wanted]


def _ref(found: object) -> tuple[object, object]:
    return dig(found, "name"), dig(found, "sectionName")


def _condition(parent: Obj, kind: str) -> Obj:
    found = (one for one in objects(parent, "conditions") if one.get("type") == kind)
    return next(found, {})


def _why(condition: Obj) -> str:
    message = condition.get("message")
    return f"{condition.get('reason')}{f' ({message})' if message else ''}"


def _named(parent: Obj) -> str:
    return f"{dig(parent, 'parentRef', 'kind') or 'Gateway'} {dig(parent, 'parentRef', 'name')}"
