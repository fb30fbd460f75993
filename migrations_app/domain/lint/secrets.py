"""Secrets are named in a plan, never written into it."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, SecretStr, ValidationError

from migrations_app.domain.envref import literal, texts
from migrations_app.domain.errors import ConfigError
from migrations_app.domain.lint.base import error
from migrations_app.domain.lint.bindings import bindings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.domain.envref import Path
    from migrations_app.domain.lint.base import Case
    from migrations_app.domain.plan.problem import Problem

_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")
_SECRET: Final = frozenset(
    {"token", "password", "passwd", "passphrase", "secret", "apikey", "authorization", "bearer"}
    | {"tokens", "passwords", "secrets", "cookie", "cookies", "credential", "credentials"}
)
_KEYS: Final = frozenset({"api", "access", "private", "secret", "signing", "auth", "encryption"})
# What gives itself away: a password in an address, and the shapes of well-known tokens.
_SHAPE: Final = re.compile(
    r"://[^/\s:@]*:[^/\s@]+@"
    r"|hooks\.slack\.com/services/\w"
    r"|\bxox[a-z]-\w|\bgh[opsu]_\w{20}|\bAKIA[0-9A-Z]{16}\b"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\beyJ[\w-]{10,}\.[\w-]{10,}\."
)


def literal_secret(case: Case) -> Iterator[Problem]:
    """A secret written out instead of `${env:NAME}`. The value is never repeated."""
    declared = set(_declared(case))
    for path, text in texts(case.plan.model_dump(mode="json")):
        named = path in declared or (_in_config(path) and _is_secret(path))
        if (named and text and "${env:" not in text) or _SHAPE.search(literal(text)):
            yield error(
                path,
                f'"{_key(path)}" holds what looks like a secret, in plain text. Write '
                "${env:NAME} here, set NAME where Warroom runs, and change the secret: it was "
                "written down.",
            )


def _declared(case: Case) -> Iterator[Path]:
    """Where a configuration's own schema says that there is a secret."""
    for loc, kinds, kind, config in bindings(case):
        with suppress(ConfigError, ValidationError):
            model = kinds.load(kind).Config.model_validate(config)
            yield from ((*loc, "config", *deeper) for deeper in _secrets(model))


def _secrets(value: object, path: Path = ()) -> Iterator[Path]:
    match value:
        case SecretStr():
            yield path
        case BaseModel():
            yield from _secrets(dict(value), path)
        case dict():
            for key, item in value.items():
                yield from _secrets(item, (*path, key))
        case list() | tuple():
            for index, item in enumerate(value):
                yield from _secrets(item, (*path, index))
        case _:
            return


def _in_config(path: Path) -> bool:
    return "config" in path or "vars" in path


def _is_secret(path: Path) -> bool:
    """Whether the key is called like one: `token`, `api_key`, `X-Api-Key`, `botToken`."""
    *before, last = [word.lower() for word in _WORDS.split(_key(path)) if word] or [""]
    return last in _SECRET or (last in {"key", "keys"} and bool(_KEYS.intersection(before)))


def _key(path: Path) -> str:
    """The innermost key, past the indexes of a list."""
    return next(part for part in reversed(path) if isinstance(part, str))
