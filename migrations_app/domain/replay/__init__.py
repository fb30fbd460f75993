"""Judge a run again from what was recorded, and compare: pure, and with the judge that runs live.

The judge forgets nothing and guesses nothing, so the same readings in the same order give the same
verdicts. Where they don't, either the record or the judge has changed since.
"""

from migrations_app.domain.replay.alone import alone
from migrations_app.domain.replay.compare import Replay
from migrations_app.domain.replay.result import Change, CheckReplay, Disagreement, Replayed
from migrations_app.domain.replay.sample import Sample
from migrations_app.domain.replay.told import Told, told

__all__ = [
    "Change",
    "CheckReplay",
    "Disagreement",
    "Replay",
    "Replayed",
    "Sample",
    "Told",
    "alone",
    "told",
]
