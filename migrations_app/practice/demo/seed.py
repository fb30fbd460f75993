"""Lay out the database of the practice range: schema, people, plan, tokens, one live rehearsal.

python -m migrations_app.practice.demo.seed [--run]

Safe to repeat: what is there stays.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from decimal import Decimal
from pathlib import Path

import django
from django.core.management import call_command

from migrations_app.drivers.haproxy.config import HAProxyConfig
from migrations_app.drivers.haproxy.driver import HAProxyDriver

PEOPLE = {
    "ana": "dri",
    "raj": "database",
    "lee": "infrastructure",
    "kim": "comms_lead",
    "oz": "observer",
}
PASSWORD = "practice"  # noqa: S105 (printed on the screen, on loopback only)
RUNBOOK = Path(__file__).with_name("orders.yaml")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", action="store_true", help="have a live rehearsal")
    asked = parser.parse_args()
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    _people()
    call_command("runbook", "load", str(RUNBOOK), stdout=sys.stderr)
    run = _live_run() if asked.run else None
    print(json.dumps({"run": run, "tokens": _tokens()}))
    return 0


def _people() -> None:
    from django.contrib.auth.models import User  # noqa: PLC0415 (after django.setup)

    for name in PEOPLE:
        if not User.objects.filter(username=name).exists():
            User.objects.create_user(name, password=PASSWORD)
    if not User.objects.filter(username="admin").exists():
        User.objects.create_superuser("admin", password=PASSWORD)


def _tokens() -> dict[str, str]:
    """Fresh tokens for a night without a browser, good for a day."""
    from migrations_app.actions.tokens import issue  # noqa: PLC0415
    from migrations_app.reads.tokens import Scope  # noqa: PLC0415

    return {name: issue(name, "practice", list(Scope), 1).secret for name in ("ana", "raj")}


def _live_run() -> int:
    """The live rehearsal, started if there is none."""
    from django.contrib.auth.models import User  # noqa: PLC0415

    from migrations_app.actions.start import plan_run  # noqa: PLC0415
    from migrations_app.conductor.start import start  # noqa: PLC0415
    from migrations_app.domain.actor import Actor, Click, Via  # noqa: PLC0415
    from migrations_app.domain.states import LIVE  # noqa: PLC0415
    from migrations_app.models import Migration, Run  # noqa: PLC0415

    live = Run.objects.filter(state__in=[state.value for state in LIVE]).first()
    if live is not None:
        return live.pk
    _back_to_blue()
    ana = User.objects.get(username="ana")
    actor = Actor("ana", ana.pk, Via.CLI)
    run = plan_run(Migration.objects.get(slug="practice-orders").pk, "rehearsal", actor)
    start(run.pk, actor, Click(reason="practice"))
    return run.pk


def _back_to_blue() -> None:
    """A new rehearsal begins where the last one began: BLUE takes everything again."""
    config = {
        "address": os.environ["PRACTICE_HAPROXY"],
        "backend": os.environ["PRACTICE_BACKEND"],
        "blue": "blue",
        "green": "green",
    }
    HAProxyDriver(HAProxyConfig.model_validate(config)).apply(Decimal(0), None)


if __name__ == "__main__":
    sys.exit(main())
