"""What every command shares: a mark before each sentence, people by name, refusals as errors."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError

from migrations_app.domain.actor import Actor, Via
from migrations_app.domain.errors import ConfigError, Refused
from migrations_app.domain.plan.problem import RunbookError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.core.management.base import OutputWrapper

    from migrations_app.domain.finding import Finding

WELL: Final = "✔"
ILL: Final = "✘"
MIND: Final = "!"


@contextmanager
def plainly() -> Iterator[None]:
    """A refusal or a wrong configuration ends the command with its sentence, not a traceback."""
    try:
        yield
    except Refused as refused:
        raise CommandError(refused.message) from refused
    except RunbookError:
        raise
    except ConfigError as error:
        raise CommandError(str(error)) from error


def show(out: OutputWrapper, findings: Sequence[Finding]) -> bool:
    """Every finding on a line of its own; True if all are well."""
    for one in findings:
        out.write(f"{WELL if one.ok else ILL} {one.what}: {one.sentence}")
    return all(one.ok for one in findings)


def actor_named(username: str) -> Actor:
    """The active user called `username`, come through the command line."""
    user = get_user_model().objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(
            f'There is no active user "{username}": `manage.py people add {username}` makes one.'
        )
    return Actor(user.get_username(), user.pk, Via.CLI)
