"""A database and we spell a value alike: otherwise equal rows would be looked at one by one."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from migrations_app.domain.parity.form import Form, spelled
from migrations_app.sources.parity.connect import connect
from migrations_app.sources.parity.mysql import FORMS, Mysql
from migrations_app.sources.parity.postgres import FORMS as PG_FORMS
from migrations_app.sources.parity.postgres import Postgres
from migrations_app.sources.parity.side import Column, Field
from tests.real_mariadb import NEEDED
from tests.sources.parity.hands import config

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from migrations_app.sources.parity.connect import Connection
    from tests.sources.parity.hands import MariaHand, PostgresHand

few = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=40)
DECIMALS = st.decimals(-(10**15), 10**15, places=6, allow_nan=False, allow_infinity=False)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "int8": st.integers(-(2**63), 2**63 - 1),
    "numeric": DECIMALS,
    "float8": st.floats(allow_nan=True, allow_infinity=True),
    "bool": st.booleans(),
    "text": TEXTS,
    "timestamptz": st.datetimes(timezones=st.timezones()),
    "timestamp": st.datetimes(),
    "date": st.dates(),
    "time": st.times(),
    "uuid": st.uuids(),
    "bytea": st.binary(max_size=30),
    "jsonb": st.recursive(
        st.none() | st.booleans() | st.integers(-(10**12), 10**12) | TEXTS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
        max_leaves=6,
    ).map(Jsonb),
}
IN_MYSQL: dict[str, tuple[str, st.SearchStrategy[Any]]] = {
    "bigint": ("CAST(%s AS SIGNED)", VALUES["int8"]),
    "decimal": ("CAST(%s AS DECIMAL(30, 6))", DECIMALS.map(str)),
    "double": ("CAST(%s AS DOUBLE)", st.floats(-1e15, 1e15).filter(lambda x: abs(x) > 1e-9)),
    "datetime": ("CAST(%s AS DATETIME(6))", st.datetimes().filter(lambda at: at.year >= 1000)),
    "varchar": ("CAST(%s AS CHAR)", TEXTS),
    "blob": ("CAST(%s AS BINARY)", st.binary(max_size=30)),
}


@pytest.fixture(scope="module")
def postgres_side(postgres: tuple[PostgresHand, PostgresHand]) -> Iterator[Connection]:
    with closing(connect(config(*postgres).blue, 20.0)) as side:
        side.begin()
        yield side


def field(kind: str, form: Form) -> Field:
    return Field(Column("c", kind, form, nullable=True), form)


@few
@given(data=st.data(), kind=st.sampled_from(sorted(VALUES)))
def test_postgresql_spells_as_we_do(
    postgres_side: Connection, data: st.DataObject, kind: str
) -> None:
    values = data.draw(st.lists(VALUES[kind], min_size=1, max_size=20))
    dialect, one = Postgres(alone=True), field(f'"pg_catalog"."{kind}"', PG_FORMS[kind])
    rows = postgres_side.ask(f"{_both(dialect, one)} FROM unnest(%s::{kind}[]) AS t(c)", [values])
    assert len(rows) == len(values)
    for theirs, raw in rows:
        ours = spelled(str(raw), one.form)
        if one.form is Form.JSON:
            assert spelled(str(theirs), one.form) == ours
        else:
            assert theirs == ours


@pytest.fixture(scope="module")
def maria_side(
    maria: MariaHand, postgres: tuple[PostgresHand, PostgresHand]
) -> Iterator[Connection]:
    with closing(connect(config(maria, postgres[1]).blue, 20.0)) as side:
        yield side


@pytest.mark.parametrize("_", [pytest.param(None, marks=NEEDED, id="mariadb")])
@few
@given(data=st.data(), kind=st.sampled_from(sorted(IN_MYSQL)))
def test_mysql_spells_as_we_do(
    maria_side: Connection, _: None, data: st.DataObject, kind: str
) -> None:
    cast, strategy = IN_MYSQL[kind]
    dialect, one = Mysql(), field(kind, FORMS[kind])
    given_ = data.draw(strategy)
    ((theirs, raw),) = maria_side.ask(
        f"{_both(dialect, one)} FROM (SELECT {cast} AS c) t", [given_]
    )
    assert _text(theirs) == spelled(_text(raw), one.form)


def _both(dialect: Postgres | Mysql, one: Field) -> str:
    return f"SELECT {dialect.spelled(one)}, {dialect.raw(one)}"


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=8), st.integers(0, 5))
def test_zeros_at_the_end_mean_nothing(number: Decimal, zeros: int) -> None:
    text = f"{number:f}" + ("0" * zeros if "." in f"{number:f}" else "")
    assert spelled(text, Form.NUMBER) == spelled(f"{number:f}", Form.NUMBER)


@given(st.recursive(st.none() | st.booleans() | st.integers() | TEXTS,
                    lambda inner: st.dictionaries(TEXTS, inner), max_leaves=8))  # fmt: skip
def test_the_order_and_spaces_of_json_mean_nothing(value: object) -> None:
    tight = json.dumps(value, sort_keys=True, separators=(",", ":"))
    loose = json.dumps(value, indent=2)
    assert spelled(tight, Form.JSON) == spelled(loose, Form.JSON)


@pytest.mark.parametrize(
    ("one", "other", "form", "same"),
    [
        ("1.50", "1.5", Form.NUMBER, True),
        ("true", "1", Form.NUMBER, True),
        ("-0", "0.00", Form.NUMBER, True),
        ("1e2", "100", Form.NUMBER, True),
        ("1.0000001", "1", Form.NUMBER, False),
        ("2026-01-01 00:00:00.5+00", "2026-01-01 00:00:00.500000", Form.MOMENT, True),
        ("0044-03-15 00:00:00+00 BC", "0044-03-15 00:00:00", Form.MOMENT, False),
        ("a", "a ", Form.TEXT, False),
        ("6F9619FF-8B86-D011-B42D-00CF4FC964FF", "6f9619ff8b86d011b42d00cf4fc964ff", Form.UUID,
         True),
        ('{"a": 1, "b": "1"}', '{"b":"1","a":1.0}', Form.JSON, True),
        ('{"a": 1}', '{"a": "1"}', Form.JSON, False),
    ],
)  # fmt: skip
def test_what_is_the_same_and_what_is_not(one: str, other: str, form: Form, same: bool) -> None:
    assert (spelled(one, form) == spelled(other, form)) is same


def test_null_is_not_empty() -> None:
    assert spelled(None, Form.TEXT) != spelled("", Form.TEXT)
