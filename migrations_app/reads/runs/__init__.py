"""The runs a person may see: live ones first, then what is next, then what is over."""

from migrations_app.reads.runs.listing import Runs, runs
from migrations_app.reads.runs.past import Past
from migrations_app.reads.runs.standing import Standing
from migrations_app.reads.runs.view import MigrationView, RunView

__all__ = ["MigrationView", "Past", "RunView", "Runs", "Standing", "runs"]
