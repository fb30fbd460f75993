"""What the judge would have said of a stretch of the past. Pure, and the judge is the live one."""

from migrations_app.domain.backtest.past import Past, cannot
from migrations_app.domain.backtest.play import Duty, Played, Spell, Tick, play
from migrations_app.domain.backtest.strip import marks, strip
from migrations_app.domain.backtest.way import Way, way

__all__ = [
    "Duty",
    "Past",
    "Played",
    "Spell",
    "Tick",
    "Way",
    "cannot",
    "marks",
    "play",
    "strip",
    "way",
]
