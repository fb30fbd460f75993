"""A migration's own templates, as its plan words them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.comms.template import Template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.domain.plan.comms import Comms


def own_templates(comms: Comms) -> Iterator[Template]:
    """One template per wording of the plan."""
    for one in comms.templates:
        yield Template(
            key=one.template,
            audience=one.audience,
            title=one.title or one.template.replace("_", " ").capitalize(),
            headline=one.headline,
            body=one.body,
            stage=one.stage or "",
            impact=one.impact or "",
        )
