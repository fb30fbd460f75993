"""What MySQL's error numbers mean. Pure. Source: the manual's "Server Error Message Reference"."""

from __future__ import annotations

from typing import Final

from migrations_app.domain.reading import Outcome
from migrations_app.sources.value import Blame, NoValue
from migrations_app.wire.answer import clean

# Time is over: lock wait, KILL QUERY, max_statement_time (MariaDB), max_execution_time (MySQL).
_TIME: Final = frozenset({1205, 1317, 1969, 3024})
# Refused as it is written: unknown names, syntax, a write.
_QUERY: Final = frozenset({1046, 1051, 1054, 1060, 1064, 1109, 1146, 1193, 1222, 1241, 1305, 1792})
# Not let in, or not allowed.
_SETUP: Final = frozenset({1044, 1045, 1049, 1142, 1143, 1227, 1370, 1698})
# The session is gone: server shut down, killed, connection lost.
_LOST: Final = frozenset({1053, 1927, 2003, 2006, 2013, 2055, 4031})


def number_and_words(error: Exception) -> tuple[int, str]:
    """As pymysql gives them; 0 where the error has no number."""
    number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    words = str(error.args[1]) if number and len(error.args) > 1 else str(error)
    return number, clean(words)


def loses_the_session(error: Exception) -> bool:
    number, _ = number_and_words(error)
    return not number or number in _LOST


def why(error: Exception) -> NoValue:
    """`error` as no value."""
    number, words = number_and_words(error)
    outcome = Outcome.TIMEOUT if number in _TIME else Outcome.ERROR
    return NoValue(outcome, f"MySQL: {words}", _blame(number))


def _blame(number: int) -> Blame:
    if number in _QUERY:
        return Blame.QUERY
    return Blame.SETUP if number in _SETUP else Blame.MOMENT
