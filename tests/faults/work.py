"""What the desk does for a test, in a process of its own with the house's database."""

from __future__ import annotations

from typing import Any

from celery import current_app
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client

from migrations_app.actions import load as loading
from migrations_app.actions.start import plan_run
from migrations_app.actions.tokens import issue
from migrations_app.conductor.start import start
from migrations_app.domain.actor import Actor, Click, Via
from migrations_app.domain.plan.schema import Plan
from migrations_app.models import Migration
from migrations_app.reads.audit import audit
from migrations_app.reads.tokens import Scope
from tests.faults.desk import PEOPLE


def seed(_: object) -> dict[str, str]:
    with connection.cursor() as cursor:  # a busy machine takes its time
        cursor.execute("SET idle_in_transaction_session_timeout = 0")
    call_command("migrate", verbosity=0, interactive=False)
    for name in PEOPLE:
        user = User(username=name)
        user.set_unusable_password()
        user.save()
    return {name: issue(name, "faults", list(Scope), 1).secret for name in PEOPLE}


def load(plan: dict[str, Any]) -> None:
    loading.load(Plan.model_validate(plan))


def started(plan: dict[str, Any]) -> int:
    load(plan)
    ana = Actor("ana", User.objects.get(username="ana").pk, Via.CLI)
    migration = Migration.objects.get(slug=plan["migration"])
    run = plan_run(migration.pk, "rehearsal", ana)
    start(run.pk, ana, Click(reason="a drill"))
    return run.pk


def session(name: str) -> str:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client.cookies["sessionid"].value


def hint(about: list[Any]) -> None:
    task, queue, pk, times = about
    for _ in range(times):
        current_app.send_task(task, (pk,), queue=queue, expires=30, ignore_result=True)


def verify(run: int) -> str:
    return "; ".join(one.sentence for one in audit(run) if not one.ok)
