"""NerdGraph's answer, where a status of 200 may hold errors. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from migrations_app.domain.reading import Outcome
from migrations_app.sources.value import Blame, NoValue, number, unfit
from migrations_app.sources.web.words import not_json
from migrations_app.wire.answer import clean

if TYPE_CHECKING:
    from migrations_app.sources.value import Value
    from migrations_app.wire.answer import Answer

# By words in its message or class: New Relic has no list of them.
_BLAME: Final = (
    ("syntax", Blame.QUERY),
    ("nrql", Blame.QUERY),
    ("not authorized", Blame.SETUP),
    ("access denied", Blame.SETUP),
    ("unauthorized", Blame.SETUP),
)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Error(_Part):
    message: str = ""
    extensions: dict[str, Any] = {}


class _Nrql(_Part):
    results: list[dict[str, Any]]


class _Account(_Part):
    nrql: _Nrql | None = None


class _Actor(_Part):
    account: _Account | None = None


class _Data(_Part):
    actor: _Actor | None = None


class _Envelope(_Part):
    data: _Data | None = None
    errors: list[_Error] | None = None

    @property
    def results(self) -> list[dict[str, Any]] | None:
        """None where any link on the way to them is null."""
        actor = self.data.actor if self.data else None
        account = actor.account if actor else None
        return account.nrql.results if account and account.nrql else None


def value_of(answer: Answer) -> Value:
    """The one number of the one row."""
    try:
        envelope = _Envelope.model_validate_json(answer.body)
    except ValidationError:
        return not_json(answer, "NerdGraph's")
    if envelope.errors:
        return _error(envelope.errors[0], partial=envelope.results is not None)
    if envelope.results is None:
        return not_json(answer, "NerdGraph's")
    return _one(envelope.results)


def _error(error: _Error, *, partial: bool) -> NoValue:
    kind = str(error.extensions.get("errorClass", ""))
    words = clean(error.message or kind or "no words")
    if partial:
        return NoValue(Outcome.WARNINGS, f"it doubts its answer: {words}")
    said = f"{kind} {words}".lower()
    outcome = Outcome.TIMEOUT if "timeout" in said or "timed out" in said else Outcome.ERROR
    blame = next((blame for word, blame in _BLAME if word in said), Blame.MOMENT)
    return NoValue(outcome, f"New Relic refuses: {words}", blame)


def _one(rows: list[dict[str, Any]]) -> Value:
    if len(rows) > 1:
        return NoValue(Outcome.MANY_SERIES, f"{len(rows)} rows answer; leave out FACET")
    if not rows:
        return NoValue(Outcome.EMPTY, "no event matches; that is not zero")
    values = [value for key, value in rows[0].items() if not key.endswith("TimeSeconds")]
    # A percentile is an object of one number.
    if len(values) == 1 and isinstance(values[0], dict):
        values = list(values[0].values())
    if len(values) != 1:
        return unfit(f"it gives {len(values)} values; select exactly one")
    return number(values[0])
