"""The same samples, the same questions: a real Prometheus and ours must give the same answers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from migrations_app.practice.promql.engine import LOOKBACK, Engine
from migrations_app.practice.promql.errors import QueryError
from migrations_app.practice.promql.render import instant, matrix
from migrations_app.practice.promql.windows import Dialect
from tests.practice.promql.past import BEGIN, END, STEP, openmetrics, past, store_of
from tests.practice.promql.queries import ALL
from tests.real_prometheus import NEEDED, RealPrometheus, Setup, prometheus

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = NEEDED

# Before everything, at a sample's very time, between two, at a series' end and long after it.
MOMENTS = [
    BEGIN - 1,
    BEGIN + 2_000,
    BEGIN + 60_000,
    BEGIN + 4 * STEP,
    BEGIN + 300_123,
    BEGIN + 333_333,
    END - 400_000,
    END - 395_000 + 299_000,
    END - 1,
    END + 100_000,
]
...
