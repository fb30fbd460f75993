"""One execution of a plan, its legs' latches, its gates, sign-offs and steps."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from migrations_app.domain.plan.people import Role
from migrations_app.domain.states import LIVE, State
from migrations_app.models.clock import ClockTimestamp
from migrations_app.models.plan import Migration, Runbook

STATES = [(state.value, state.value) for state in State]
_LIVE = sorted(state.value for state in LIVE)


class Run(models.Model):
    """A run executes `plan`, the snapshot frozen at its start; `runbook` is the text of it.

    `revision` counts decisions and facts that move the run; `seq` counts its events and is
    allocated under the run's lock. `phase` is the index of the phase it is in, -1 before the
    first. `settled_at`: when every route was last confirmed; `hold_from`: when the phase's hold
    began to count. `wake_at`: when the engine has to look at it next, whatever happens.
    """

    migration = models.ForeignKey(Migration, models.PROTECT, related_name="runs")
    environment = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    plan = models.JSONField()
    plan_sha256 = models.CharField(max_length=64)
    runbook = models.ForeignKey(Runbook, models.PROTECT, null=True, related_name="+")

    state = models.CharField(max_length=16, default=State.PLANNED.value)
    leg = models.PositiveIntegerField(default=1)
    phase = models.IntegerField(default=-1)
    revision = models.PositiveIntegerField(default=0)
    why = models.CharField(max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True)
    hold_from = models.DateTimeField(null=True)
    phase_entered_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    seq = models.PositiveIntegerField(default=0)
    head_hash = models.CharField(max_length=64, blank=True)
    wake_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in State]), name="run_state_known"
            ),
            models.UniqueConstraint(
                fields=("migration", "environment"),
                condition=Q(state__in=_LIVE),
                name="one_live_run",
            ),
        )
        indexes = (
            models.Index(fields=("wake_at",), condition=Q(wake_at__isnull=False), name="run_wake"),
        )

    def __str__(self) -> str:
        return f"run {self.pk} of {self.migration_id}"


class Latch(models.Model):
    """The abort. Insert-only, outside the run's lock: where it is, BLUE is what ought to be."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="latches")
    leg = models.PositiveIntegerField()
    at = models.DateTimeField(db_default=ClockTimestamp())
    actor = models.CharField(max_length=150)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    trigger = models.CharField(max_length=20)
    reason = models.CharField(max_length=500)
    evidence = models.JSONField(default=dict)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("run", "leg"), name="one_latch_per_leg"),)

    def __str__(self) -> str:
        return f"latch of run {self.run_id}, leg {self.leg}"


class Gate(models.Model):
    """One round of a phase's Go/No-Go. Opened when the hold is over; closed once."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="gates")
    leg = models.PositiveIntegerField()
    phase = models.PositiveIntegerField()
    round = models.PositiveIntegerField()
    opened_at = models.DateTimeField(null=True)
    deadline_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("run", "leg", "phase", "round"), name="one_gate_round"),
            models.UniqueConstraint(
                fields=("run",), condition=Q(closed_at__isnull=True), name="one_open_gate"
            ),
        )

    def __str__(self) -> str:
        return f"gate {self.phase} of run {self.run_id}, round {self.round}"


class SignOff(models.Model):
    """One person agreeing in one gate round, once, for one role."""

    gate = models.ForeignKey(Gate, models.PROTECT, related_name="signoffs")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    role = models.CharField(max_length=20, choices=[(r.value, r.value) for r in Role])
    at = models.DateTimeField(db_default=ClockTimestamp())
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("gate", "user"), name="each_person_once"),)

    def __str__(self) -> str:
        return f"{self.role} at gate {self.gate_id}"


class StepTaken(models.Model):
    """Who is at a step now. It can be put down, and somebody else may take it over."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="steps_taken")
    leg = models.PositiveIntegerField()
    phase = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("run", "leg", "phase", "name"), name="step_taken_once"),
        )

    def __str__(self) -> str:
        return f"{self.name} of run {self.run_id}"


class StepNote(models.Model):
    """A sentence somebody left at a step. Never edited: what has changed is another note."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="step_notes")
    leg = models.PositiveIntegerField()
    phase = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(db_default=ClockTimestamp())
    text = models.CharField(max_length=500)

    class Meta:
        indexes = (models.Index(fields=("run", "leg", "phase"), name="notes_of_phase"),)

    def __str__(self) -> str:
        return f"note at {self.name} of run {self.run_id}"


class StepDone(models.Model):
    """A step that was completed in a leg."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="steps_done")
    leg = models.PositiveIntegerField()
    phase = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(db_default=ClockTimestamp())
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("run", "leg", "phase", "name"), name="step_done_once"),
        )

    def __str__(self) -> str:
        return f"{self.name} of run {self.run_id}"
