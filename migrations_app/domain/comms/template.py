"""Templates of updates: plain text with `{variables}`, and nothing that could reach further.

A variable is a name in braces. There are no attributes, no indexes and no conversions, so that a
template can say nothing but what it was given. What only the team may know has no public variable.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.domain.comms.words import Audience
from migrations_app.domain.errors import WarroomError

if TYPE_CHECKING:
    from collections.abc import Mapping

_VARIABLE = re.compile(r"\{([^{}]*)\}")

PUBLIC = {
    "title": "what the migration is called in public",
    "stage": "where it is: scheduled, in progress, verifying, …",
    "share": "how much runs on the new system now, such as 25 %",
    "components": "the names of the components on the status page",
    "next_update": "when the next update is promised",
    "started": "when it began",
}
"""Variables of a public template: what each stands for."""

INTERNAL = PUBLIC | {
    "phase": "the current phase's title",
    "number": "the current phase's number",
    "phases": "how many phases there are",
    "following": "the next phase's title",
    "state": "the run's state",
    "why": "why it is in that state",
    "environment": "the environment",
    "dri": "who decides now",
    "room": "the room's address",
}
"""Variables of an internal template."""


class TemplateError(WarroomError):
    """A template asks for a variable that it can't have."""


@dataclass(frozen=True, slots=True)
class Template:
    """What an update begins with. `stage` and `impact` are what it proposes; both may be empty."""

    key: str
    audience: Audience
    title: str
    headline: str
    body: str
    stage: str = ""
    impact: str = ""


def variables(audience: Audience) -> Mapping[str, str]:
    """The variables a template for this audience may use."""
    return PUBLIC if audience is Audience.PUBLIC else INTERNAL


def used(text: str) -> list[str]:
    """The variables `text` names, in order, once each."""
    return list(dict.fromkeys(name.strip() for name in _VARIABLE.findall(text)))


def unknown(text: str, audience: Audience) -> list[str]:
    """The variables `text` names and may not use."""
    return [name for name in used(text) if name not in variables(audience)]


def fill(text: str, values: Mapping[str, str], audience: Audience) -> str:
    """`text` with its variables replaced, once: what a value says is never read again.

    Raises `TemplateError` for a variable this audience has not got. One without a value yet stays
    as it is, so that whoever writes sees what is missing.
    """
    if wrong := unknown(text, audience):
        known = ", ".join(f"{{{name}}}" for name in variables(audience))
        raise TemplateError(
            f"There is no {{{wrong[0]}}} for {audience} updates. There are: {known}."
        )
    return _VARIABLE.sub(lambda found: values.get(found[1].strip()) or found[0], text)
