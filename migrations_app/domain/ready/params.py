"""Parameters as they may be given, and as they stand in a query."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from migrations_app.domain.duration import compact, parse_duration
from migrations_app.domain.matchers import LABEL, LONGEST, Matcher, Op, escaped, matchers
from migrations_app.domain.quantity import parse_quantity
from migrations_app.domain.ready.shape import ParamKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic import JsonValue

    from migrations_app.domain.ready.shape import Param

_METRIC: Final = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]{0,199}")
_NAME: Final = re.compile(r"(slo\.)?[a-z0-9][a-z0-9_-]{0,62}")
_VARIABLE: Final = re.compile(r"\$\{var:[A-Za-z_][A-Za-z0-9_]{0,99}\}")
_ITEMS: Final = re.compile(r"""((?:[^,"']|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')+)(?:,|$)""")


def rendered(param: Param, given: JsonValue) -> str:
    """`given` as it stands in a query. `ValueError` says what was expected."""
    if param.kind is ParamKind.NUMBER:
        return _number(param, given)
    return _RENDER[param.kind](given)


def _metric(given: JsonValue) -> str:
    if isinstance(given, str) and _METRIC.fullmatch(given):
        return given
    raise ValueError("must be a metric's name, such as http_requests_total")


def _label(given: JsonValue) -> str:
    if isinstance(given, str) and LABEL.fullmatch(given):
        return given
    raise ValueError("must be a label's name, such as code")


def _selector(given: JsonValue) -> str:
    match given:
        case str():
            return ",".join(_items(given.strip()))
        case dict():
            return ",".join(str(_pair(label, value)) for label, value in given.items())
        case _:
            raise ValueError('must be label matchers, such as svc="orders" or {svc: orders}')


def _items(text: str) -> Iterator[str]:
    """Matchers, and variables that stand for matchers, each written by us."""
    for item in _ITEMS.findall(text):
        if _VARIABLE.fullmatch(item.strip()):
            yield item.strip()
        else:
            yield from (str(one) for one in matchers(item))


def _pair(label: str, value: JsonValue) -> Matcher:
    if not LABEL.fullmatch(label):
        raise ValueError(f'"{label}" is no label')
    return Matcher(label, Op.IS, _plain_value(value))


def _word(given: JsonValue) -> str:
    return escaped(_plain_value(given))


def _plain_value(given: JsonValue) -> str:
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise ValueError("must be text")  # noqa: TRY004 (a sentence, as for everything else here)
    if not 0 < len(str(given)) <= LONGEST:
        raise ValueError(f"must have between 1 and {LONGEST} characters")
    return str(given)


def _number(param: Param, given: JsonValue) -> str:
    number = float(given) if isinstance(given, int | float | str) and _numeric(given) else math.nan
    if not param.least <= number <= param.most:
        raise ValueError(f"must be a number from {param.least:g} to {param.most:g}")
    return f"{number:.12g}"


def _numeric(given: float | str) -> bool:
    return not isinstance(given, bool) and re.fullmatch(r"\d+(\.\d+)?", str(given)) is not None


def _duration(given: JsonValue) -> str:
    try:
        return compact(parse_duration(str(given)))
    except ValueError:
        raise ValueError('must be a duration, such as "10m" or "7d"') from None


def _quantity(given: JsonValue) -> str:
    if isinstance(given, str) and _NAME.fullmatch(given):
        return given
    try:
        parse_quantity(str(given))
    except ValueError:
        raise ValueError(
            'must be a quantity such as "99.9 %", or the name of one in `objectives.slo`'
        ) from None
    return str(given)


_RENDER: Final[dict[ParamKind, Callable[[JsonValue], str]]] = {
    ParamKind.METRIC: _metric,
    ParamKind.LABEL: _label,
    ParamKind.SELECTOR: _selector,
    ParamKind.WORD: _word,
    ParamKind.DURATION: _duration,
    ParamKind.QUANTITY: _quantity,
}
