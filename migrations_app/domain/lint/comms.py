"""Comms: templates that can be filled, in public without giving anything away."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from migrations_app.domain.comms.leaks import Leak, leaks
from migrations_app.domain.comms.template import unknown, variables
from migrations_app.domain.comms.words import Audience
from migrations_app.domain.lint.base import error, warning
from migrations_app.domain.plan.people import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.domain.lint.base import Case
    from migrations_app.domain.plan.problem import Problem

_OFTEN = timedelta(minutes=5)


def template_variable(case: Case) -> Iterator[Problem]:
    """A template that names a variable its audience has not got."""
    for at, one in enumerate(case.plan.comms.templates):
        for key, text in (("headline", one.headline), ("body", one.body)):
            for name in unknown(text, one.audience):
                known = ", ".join(variables(one.audience))
                yield error(
                    ("comms", "templates", at, key),
                    f"{one.audience.capitalize()} updates have no {{{name}}}. They have: {known}.",
                )


def template_leaks(case: Case) -> Iterator[Problem]:
    """A public template that gives something away by itself."""
    names = case.plan.comms.internal_names
    for at, one in enumerate(case.plan.comms.templates):
        if one.audience is not Audience.PUBLIC:
            continue
        for found in leaks(f"{one.headline}\n{one.body}", names):
            if found.kind is not Leak.LEFTOVER:
                yield warning(("comms", "templates", at), f"{found.sentence} Everybody reads it.")


def updates_unowned(case: Case) -> Iterator[Problem]:
    """Updates are promised, and nobody has to write them."""
    if case.plan.comms.cadence is not None and not case.plan.roles.get(Role.COMMS_LEAD):
        yield warning(
            ("comms", "cadence"),
            "Updates are promised and there is no comms_lead: name one, or the DRI writes them.",
        )


def updates_too_often(case: Case) -> Iterator[Problem]:
    """A cadence nobody can keep, and nobody reads."""
    cadence = case.plan.comms.cadence
    if cadence is not None and cadence < _OFTEN:
        yield warning(
            ("comms", "cadence"),
            "An update every few minutes is read by nobody: 15 to 30 minutes are usual.",
        )
