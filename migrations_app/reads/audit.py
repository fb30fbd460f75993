"""Is a run's timeline whole, and does it tell what the tables hold?"""

from __future__ import annotations

from migrations_app.domain import export
from migrations_app.domain.finding import Finding
from migrations_app.domain.fold import Contradiction, fold
from migrations_app.domain.story import differences
from migrations_app.domain.timeline import verify
from migrations_app.models import Event, Run
from migrations_app.reads.snapshot import snapshot
from migrations_app.reads.story import entries_of, story_of


def audit(run_id: int, head: str | None = None) -> list[Finding]:
    """Everything that can be checked about a run's past, as of one moment.

    `head`: the last hash as somebody noted it elsewhere. Raises `Run.DoesNotExist`.
    """
    with snapshot():
        run = Run.objects.get(pk=run_id)
        broken = verify(entries_of(run_id), run.head_hash)
        found = Event.objects.filter(run_id=run_id).count()
        return [
            export.chain(broken, run.seq, found),
            *export.noted(run.head_hash, head),
            _told(run),
        ]


def _told(run: Run) -> Finding:
    try:
        wrong = differences(fold(entries_of(run.pk)), story_of(run))
    except Contradiction as contradiction:
        return Finding(ok=False, what="story", sentence=f"it contradicts itself: {contradiction}")
    if wrong:
        return Finding(ok=False, what="tables", sentence="; ".join(wrong))
    return Finding(ok=True, what="tables", sentence="they hold what the timeline tells")
