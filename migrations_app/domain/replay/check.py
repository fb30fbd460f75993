"""One check judged again, beside what was written down of it."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from migrations_app.domain.replay.player import Player
from migrations_app.domain.replay.result import Change, CheckReplay, Disagreement
from migrations_app.domain.states import LIVE
from migrations_app.domain.verdict.outcome import Status

if TYPE_CHECKING:
    from datetime import datetime

    from migrations_app.domain.replay.sample import Sample
    from migrations_app.domain.replay.told import Frozen, Told
    from migrations_app.domain.verdict.evidence import Evidence
    from migrations_app.domain.verdict.memory import Memory
    from migrations_app.domain.verdict.outcome import Verdict

_LATE: Final = timedelta(minutes=1)  # the longest a reading may wait until it is written down


class CheckAgain:
    """Its readings in order, its changes of verdict, and all that disagrees."""

    def __init__(self, name: str, told: Told) -> None:
        self.name = name
        self.compared = 0
        self._told = told
        self._player = Player(name, [bound for _, bound in told.plans])
        self._said = deque(told.said.get(name, ()))
        self._frozen = [one for one in told.frozen if one.check == name]
        self._status = Status.NO_DATA
        self._count = self._unjudged = 0
        self._last: datetime | None = None
        self._changes: list[Change] = []
        self._wrong: list[Disagreement] = []

    @property
    def unmatched(self) -> list[Frozen]:
        """Frozen, but not met among the readings."""
        return self._frozen

    def play(self, sample: Sample) -> tuple[Evidence, Verdict] | None:
        """One more reading; None if it can't be judged."""
        self._count, self._last = self._count + 1, sample.at
        judged = self._player.play(sample, self._told.era(sample.at))
        if judged is None:
            self._skip(sample)
            return None
        _, verdict = judged
        if self._player.anew:
            self._status = Status.NO_DATA
        if verdict.status.value != sample.status:
            self._disagree(sample.at, f"recorded {sample.status}, {_again(verdict)}")
        self._turn(sample, verdict)
        self._meet(sample, verdict)
        return judged

    def remembers(self, memory: Memory) -> None:
        """What the row of the check remembers has to be what is remembered here."""
        if self._last is None or not self._player.known:
            return
        if _wordless(memory) != _wordless(self._player.memory):
            self._disagree(self._last, "its row remembers something else than its readings lead to")

    def finish(self) -> CheckReplay:
        """Nothing follows."""
        for one in self._said:
            self._disagree(one.at, f"entry {one.seq} says {one.status}, but no reading leads to it")
        return CheckReplay(
            self.name, self._count, self._unjudged, tuple(self._changes), tuple(self._wrong)
        )

    def _skip(self, sample: Sample) -> None:
        """Under a plan that is lost: nothing of that time can be held against anything."""
        self._unjudged += 1
        while self._said and self._said[0].at <= sample.at + _LATE:
            self._said.popleft()
        self._frozen = [one for one in self._frozen if one.readings != sample.evidence]

    def _turn(self, sample: Sample, verdict: Verdict) -> None:
        before, self._status = self._status, verdict.status
        if before is verdict.status:
            return
        self._changes.append(Change(sample.at, before, verdict.status, verdict.sentence))
        if before is Status.NO_DATA and verdict.status is Status.PENDING:
            return
        self._entry_of(sample, verdict)

    def _entry_of(self, sample: Sample, verdict: Verdict) -> None:
        """A change of verdict is an entry while the run is live."""
        told = (verdict.status.value, verdict.reason.value, verdict.value)
        first = self._said[0] if self._said else None
        if first is not None and (first.status, first.reason, first.value) == told:
            self._said.popleft()
        elif self._live(sample.at):
            said = "none tells of it" if first is None else f"entry {first.seq} says {first.status}"
            self._disagree(sample.at, f"it became {verdict.status}, but {said}")

    def _live(self, at: datetime) -> bool:
        stands = (self._told.stand(at), self._told.stand(at + _LATE))
        return all(one is not None and one.state in LIVE for one in stands)

    def _meet(self, sample: Sample, verdict: Verdict) -> None:
        met = [one for one in self._frozen if one.leg == sample.leg and _same(one, sample)]
        for one in met:
            self._frozen.remove(one)
            self.compared += 1
            if verdict.status not in one.statuses or one.value not in (None, verdict.value):
                seen = " or ".join(one.statuses)
                self._disagree(one.at, f"entry {one.seq} saw {seen}, {_again(verdict)}")

    def _disagree(self, at: datetime, sentence: str) -> None:
        self._wrong.append(Disagreement(at, self.name, sentence))


def _same(one: Frozen, sample: Sample) -> bool:
    return one.readings == sample.evidence


def _again(verdict: Verdict) -> str:
    return f"judged again it is {verdict.status} ({verdict.sentence})"


def _wordless(memory: Memory) -> Memory:
    """Sentences may be worded better tomorrow; what they say may not change."""
    verdict = memory.verdict
    return replace(memory, verdict=replace(verdict, sentence="") if verdict else None)
