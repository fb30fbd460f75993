"""What a real Alertmanager sends is taken in as it comes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from migrations_app.models import Alert
from tests.real_alertmanager import NEEDED, alertmanager
from tests.web.alerting import HERE, reading, token

if TYPE_CHECKING:
    from tests.real_alertmanager import Sent

pytestmark = [*NEEDED, pytest.mark.django_db(transaction=True)]


def hand_in(sent: Sent) -> Any:
    named = {"Authorization": sent.authorization}
    return Client().post(f"{HERE}alertmanager", sent.body, "application/json", headers=named)


def test_it_fires_and_is_over() -> None:
    labels = {"alertname": "HighErrors", "severity": "page", "quoted": 'a "b", \\c'}
    began = datetime.now(UTC) - timedelta(minutes=3)
    with alertmanager(token()) as real:
        told = {"labels": labels, "annotations": {"summary": "token: hunter2"}}
        real.alert(**told, startsAt=began.isoformat())
        assert hand_in(real.message("firing")).status_code == 200
        row = Alert.objects.get()
        assert (row.firing, row.labels, row.ended_at) == (True, labels, None)
        assert row.started_at == began
        assert reading('quoted="a \\"b\\", \\\\c"').value == 1

        ended = datetime.now(UTC)
        real.alert(**told, startsAt=began.isoformat(), endsAt=ended.isoformat())
        assert hand_in(real.message("resolved")).status_code == 200
        row.refresh_from_db()
        assert (row.firing, row.ended_at) == (False, ended)
        assert reading().value == 0

        real.alert(**told, startsAt=datetime.now(UTC).isoformat())
        assert hand_in(real.message("firing")).status_code == 200
        row.refresh_from_db()
        assert row.firing, "the same alert began anew"
