"""For every rule of lint, plans that break it, and what they are told."""

from __future__ import annotations

from tests.domain.lint.broken.aborts import ABORTS, ROLLBACK
from tests.domain.lint.broken.base import Broken
from tests.domain.lint.broken.bindings import BINDINGS, SECRETS
from tests.domain.lint.broken.checks import CHECKS, QUERIES
from tests.domain.lint.broken.comms import COMMS
from tests.domain.lint.broken.names import NAMES
from tests.domain.lint.broken.people import PEOPLE
from tests.domain.lint.broken.phases import GATES, STEPS, TIMES, WEIGHTS
from tests.domain.lint.broken.planes import PLANES
from tests.domain.lint.broken.shape import SHAPE

__all__ = ["BROKEN", "Broken"]

BROKEN = [
    *(*SHAPE, *NAMES, *PEOPLE, *ABORTS, *ROLLBACK, *WEIGHTS, *TIMES, *GATES, *STEPS),
    *(*CHECKS, *QUERIES, *BINDINGS, *SECRETS, *COMMS, *PLANES),
]
