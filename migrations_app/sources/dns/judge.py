"""One number from what all servers of a zone said. Pure.

A server that says nothing agrees with nobody; only if none says anything is there no data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from migrations_app.domain.reading import Outcome
from migrations_app.sources.dns.ask import Told
from migrations_app.sources.value import NoValue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dns.rdtypes.ANY.SOA import SOA

    from migrations_app.sources.dns.question import Question
    from migrations_app.sources.value import Value

_ROUND: Final = 2**32  # serials begin again after this (RFC 1982)


def judged(question: Question, answers: Sequence[Told | NoValue]) -> Value:
    """`answers` of every server to the question's record."""
    told = [one for one in answers if isinstance(one, Told)]
    silent = [one for one in answers if isinstance(one, NoValue)]
    if not told:
        return silent[0] if silent else NoValue(Outcome.EMPTY, "the zone has no servers")
    if question.how == "agree":
        right = sum(one.values == question.expected for one in told)
        return 100.0 * right / len(answers)
    if silent:
        said = f"{len(silent)} of {len(answers)} servers did not say: {silent[0].detail}"
        return NoValue(silent[0].outcome, said)
    return _of_all(question.how, told)


def _of_all(how: str, told: Sequence[Told]) -> Value:
    if how == "distinct":
        return float(len({one.values for one in told}))
    if not any(one.values for one in told):
        return NoValue(Outcome.EMPTY, "there is no such record; that is not zero")
    if how == "ttl":
        return float(max(one.ttl for one in told))
    return _spread([cast("SOA", one).serial for two in told for one in two.values])


def _spread(serials: Sequence[int]) -> float:
    """How far the last server is behind the first, in numbers of the SOA record."""
    first = serials[0]
    ahead = [(serial - first + _ROUND // 2) % _ROUND - _ROUND // 2 for serial in serials]
    return float(max(ahead) - min(ahead))
