"""References: `${env:NAME}` for secrets and addresses, `${var:NAME}` for words of an environment.

A plan stores references only. They are resolved at the last moment, once, and what they resolve to
is never resolved again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from migrations_app.domain.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from pydantic import JsonValue

Path = tuple[str | int, ...]

_REFERENCE: Final = re.compile(r"\$\{(?P<kind>env|var):(?P<name>[A-Za-z_][A-Za-z0-9_]*)\}")
_OPENING: Final = re.compile(r"\$\{[^}]*\}?")


def resolve(value: JsonValue, environ: Mapping[str, str], path: str = "") -> JsonValue:
    """`value` with every `${env:NAME}` in it, however deep, replaced from `environ`.

    `ConfigError` names the variable that is missing or empty and where it is needed, never a value.
    `path` says where `value` itself stands.
    """
    match value:
        case str():
            return _REFERENCE.sub(lambda found: _looked_up(found, environ, path), value)
        case list():
            return [resolve(item, environ, f"{path}[{at}]") for at, item in enumerate(value)]
        case dict():
            deeper = f"{path}." if path else ""
            return {key: resolve(item, environ, deeper + key) for key, item in value.items()}
        case _:
            return value


def references(value: JsonValue) -> frozenset[str]:
    """The names of all `${env:NAME}` in `value`, however deep."""
    found = (match for _, text in texts(value) for match in _REFERENCE.finditer(text))
    return frozenset(match["name"] for match in found if match["kind"] == "env")


def substitute(text: str, variables: Mapping[str, str], path: str = "") -> str:
    """`text` with every `${var:NAME}` replaced. `ConfigError` names one that is not defined."""

    def looked_up(found: re.Match[str]) -> str:
        if found["kind"] == "env":
            return found[0]
        if found["name"] not in variables:
            raise ConfigError(f"uses ${{var:{found['name']}}}, and no such variable is set.", path)
        return variables[found["name"]]

    return _REFERENCE.sub(looked_up, text)


def variables(text: str) -> frozenset[str]:
    """The names of all `${var:NAME}` in `text`."""
    found = _REFERENCE.finditer(text)
    return frozenset(match["name"] for match in found if match["kind"] == "var")


def unknown_references(
    text: str, kinds: Collection[str] = ("env", "var"), words: Collection[str] = ()
) -> list[str]:
    """Every `${…}` in `text` that is neither a reference of `kinds` nor one of `words`."""
    found = [(written, _REFERENCE.fullmatch(written)) for written in _OPENING.findall(text)]
    return [
        written
        for written, match in found
        if (match["kind"] not in kinds if match else written[2:-1] not in words)
    ]


def literal(text: str) -> str:
    """What of `text` is written out: the text without its references."""
    return _REFERENCE.sub("", text)


def texts(value: JsonValue, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text in `value` with its keys and indexes."""
    match value:
        case str():
            yield path, value
        case list():
            for index, item in enumerate(value):
                yield from texts(item, (*path, index))
        case dict():
            for key, item in value.items():
                yield from texts(item, (*path, key))
        case _:
            return


def _looked_up(found: re.Match[str], environ: Mapping[str, str], path: str) -> str:
    if found["kind"] == "var":
        raise ConfigError(f"{found[0]} works in queries only; use ${{env:…}} here.", path)
    given = environ.get(found["name"], "")
    if not given:
        raise ConfigError(
            f"needs the environment variable {found['name']}, which is not set. Set it for every "
            "process of Warroom and start again.",
            path,
        )
    return given
