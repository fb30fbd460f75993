"""What a request may say. An unknown field is an error: a typing mistake never means "no"."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StrictInt,
    StrictStr,
)

from migrations_app.domain.actor import Click
from migrations_app.domain.errors import Refused
from migrations_app.domain.plan.base import Name
from migrations_app.domain.plan.people import Role
from migrations_app.domain.plan.plain import plain_text

Words = Annotated[StrictStr, Field(max_length=500), AfterValidator(plain_text)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Revision = Annotated[StrictInt, Field(ge=0, le=2**31 - 1)]


class Body(BaseModel):
    """A closed body."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Said(Body):
    """`reason`: why, in the person's words."""

    reason: Words = ""


class Clicked(Said):
    """`revision`: the run's, as it was read before this was decided. `If-Match` does the same."""

    revision: Revision | None = None


class Forward(Clicked):
    """A Go. `evaluation`: the newest one that was read, null if there was none.

    `overrides`: failed checks to go over, by name; takes a reason. `typed`: the next phase's name,
    where it lies past the point of no return.
    """

    evaluation: StrictInt | None
    overrides: Annotated[tuple[Name, ...], Field(max_length=100)] = ()
    typed: Words = ""


class SignOff(Clicked):
    """For one role, which the token's person holds."""

    role: Role


class Resume(Clicked):
    """`phase`: where to go on after a rollback, by name."""

    phase: Words = ""


class Offered(Said):
    """A role that you hold, to the user called `to`, who has a seat in the migration."""

    role: Role
    to: Annotated[StrictStr, Field(min_length=1, max_length=150), AfterValidator(plain_text)]


class Taken(Said):
    """`over`: the user name of who is at the step now, to take it over from them."""

    over: Annotated[StrictStr, Field(max_length=150), AfterValidator(plain_text)] = ""


class Nudged(Said):
    """Whom to ask for what the room waits for: a `person`, or whoever has a `role`.

    `about`: `sign_off`, `step:<name>`, `update`, `handover`, `decision`; as in `people[].owes`.
    """

    about: Annotated[StrictStr, Field(min_length=1, max_length=90), AfterValidator(plain_text)]
    person: Annotated[StrictStr, Field(max_length=150), AfterValidator(plain_text)] = ""
    role: Role | None = None


class Back(Said):
    """`typed`: the phase's name, past the point of no return. `sure`: go back although BLUE is
    failing at least as badly as GREEN (refused with `blue_is_worse` without it)."""

    typed: Words = ""
    sure: bool = False


class Noted(Body):
    """A sentence for the timeline."""

    text: Annotated[Words, Field(min_length=1)]


class Annotation(Noted):
    """A sentence, on its own or `about` the entry with this seq."""

    about: Annotated[StrictInt, Field(ge=1, le=2**31 - 1)] | None = None


class Measured(Body):
    """A measurement for a check whose source is `pushed`. `value` in the check's unit."""

    check: Name
    value: Number
    sampled_at: AwareDatetime
    expires_at: AwareDatetime
    samples: Annotated[Number, Field(ge=0)] | None = None


class Planned(Body):
    """Which of the plan's environments."""

    environment: Name


class Wanted(Body):
    """Which page of a timeline: at most `limit` entries after seq `after`."""

    after: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class Came(Body):
    """Headers of a click. With `Idempotency-Key` it counts once, however often it is sent."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    if_match: Annotated[str, Field(max_length=40)] | None = Field(None, alias="If-Match")
    key: Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,120}$")] | None = Field(
        None, alias="Idempotency-Key"
    )


ANY: Final = "*"


def click_of(body: Clicked, came: Came) -> Click:
    """The click, on the revision it was decided on. Refused where that is not said."""
    evaluation = body.evaluation if isinstance(body, Forward) else None
    return Click(_revision(body, came), evaluation, came.key or "", body.reason)


def _revision(body: Clicked, came: Came) -> int | None:
    """From the body or `If-Match`; `*` says that any will do."""
    if came.if_match == ANY:
        return body.revision
    matched = None if came.if_match is None else _tag(came.if_match)
    said = {one for one in (body.revision, matched) if one is not None}
    if not said:
        raise Refused(
            "revision_missing",
            "Say which revision of the run you decided on, as `revision` or in If-Match.",
        )
    if len(said) > 1:
        raise Refused("revision", "The body and If-Match name different revisions.")
    return said.pop()


def _tag(text: str) -> int:
    number = text.strip().removeprefix('"').removesuffix('"')
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Refused("revision", f'If-Match is a revision in quotes, such as "12", or {ANY}.')
    return int(number)
