from __future__ import annotations

import os
import signal

import pytest

from migrations_app.practice.supervisor.signals import POLITE, ended_politely


@pytest.mark.parametrize("number", POLITE, ids=lambda number: number.name)
def test_every_polite_request_is_an_interrupt(number: signal.Signals) -> None:
    before = signal.getsignal(number)

    with pytest.raises(KeyboardInterrupt), ended_politely():
        os.kill(os.getpid(), number)

    assert signal.getsignal(number) == before


def test_who_is_started_to_outlive_its_terminal_does() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ended_politely():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_an_interrupt_that_a_shell_had_switched_off_works_again() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with pytest.raises(KeyboardInterrupt), ended_politely():
            os.kill(os.getpid(), signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
