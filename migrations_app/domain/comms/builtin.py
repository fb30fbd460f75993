"""The templates every migration has. No promises but the next update, no jargon, no names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from migrations_app.domain.comms.template import Template
from migrations_app.domain.comms.words import Audience, Impact, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable

_NEXT = "We will tell you more by {next_update}."
_INSIDE = "Next update by {next_update}. Room: {room}"


def _public(key: str, title: str, headline: str, body: str, stage: Stage) -> Template:
    impact = "" if stage is Stage.SCHEDULED else Impact.MAINTENANCE
    impact = Impact.OPERATIONAL if stage.over else impact
    return Template(key, Audience.PUBLIC, title, headline, body, stage, impact)


def _internal(key: str, title: str, headline: str, body: str) -> Template:
    return Template(key, Audience.INTERNAL, title, headline, f"{body}\n\n{_INSIDE}".strip())


BUILT_IN: Final = (
    _public(
        "announce", "Announce", "Maintenance of {title} is planned",
        "We are going to move {components} to a new system. You do not have to do anything, and "
        f"we do not expect you to notice.\n\n{_NEXT}", Stage.SCHEDULED,
    ),
    _public(
        "started", "Started", "Maintenance of {title} has begun",
        "We have begun to move {components} to a new system. Everything is available.\n\n" + _NEXT,
        Stage.IN_PROGRESS,
    ),
    _public(
        "moved", "Phase moved", "{share} of {title} runs on the new system",
        "The move goes as planned. We go on in small steps and watch each of them.\n\n" + _NEXT,
        Stage.IN_PROGRESS,
    ),
    _public(
        "unchanged", "No change", "{title}: no change, and all is well",
        f"{{share}} runs on the new system, as before. We are watching it.\n\n{_NEXT}",
        Stage.IN_PROGRESS,
    ),
    _public(
        "hold", "Held", "The move of {title} is paused",
        "We have paused the move to look at something more closely. What is moved stays where it "
        f"is.\n\n{_NEXT}", Stage.IN_PROGRESS,
    ),
    _public(
        "rolling_back", "Rolling back", "{title} is moving back to the previous system",
        "Something did not meet our standards, so we are moving everything back to the previous "
        f"system.\n\n{_NEXT}", Stage.IN_PROGRESS,
    ),
    _public(
        "rolled_back", "Rolled back", "{title} runs on the previous system again",
        "Everything is back on the previous system and works as before. We will look at what "
        "happened before we try again.", Stage.ROLLED_BACK,
    ),
    _public(
        "verifying", "Verifying", "{title} runs on the new system",
        f"Everything is moved. We keep watching before we call it done.\n\n{_NEXT}",
        Stage.VERIFYING,
    ),
    _public(
        "completed", "Completed", "Maintenance of {title} is complete",
        "Everything runs on the new system. Thank you for your patience.", Stage.COMPLETED,
    ),
    _public(
        "called_off", "Called off", "Maintenance of {title} will not take place now",
        "We have called it off. Nothing has changed. We will announce a new date.",
        Stage.CALLED_OFF,
    ),
    _internal("announce", "Announce", "{title} in {environment}: we are about to start",
              "{phases} phases, {dri} decides."),
    _internal("started", "Started", "{title}: started in {environment}",
              "Phase {number}/{phases}, {phase}. {dri} decides."),
    _internal("moved", "Phase moved", "{title}: phase {number}/{phases}, {phase}",
              "{share} on GREEN. {following} comes next."),
    _internal("unchanged", "No change", "{title}: no change in phase {number}/{phases}",
              "{share} on GREEN, {state}."),
    _internal("hold", "Held", "{title}: held in phase {number}/{phases}", "{why}"),
    _internal("rolling_back", "Rolling back", "{title}: rolling back to BLUE", "{why}"),
    _internal("rolled_back", "Rolled back", "{title}: every route is back on BLUE", "{why}"),
    _internal("verifying", "Verifying", "{title}: all on GREEN, watching", "{state}."),
    _internal("completed", "Completed", "{title}: completed in {environment}", "{share} on GREEN."),
    _internal("called_off", "Called off", "{title}: called off", "{why}"),
)  # fmt: skip


def templates(own: Iterable[Template] = ()) -> dict[tuple[Audience, str], Template]:
    """Every template by audience and key; a migration's own come in place of the built-in ones."""
    return {(one.audience, one.key): one for one in (*BUILT_IN, *own)}
