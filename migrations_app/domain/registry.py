"""Find an implementation of a seam by its kind. An unknown kind raises; nothing is guessed."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from migrations_app.domain.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")


class Registry(Generic[T]):
    """Built-in kinds by dotted path (`package.module:Class`) plus what teams install themselves.

    A kind installed through an entry point may not replace a built-in one.
    """

    def __init__(self, group: str, noun: str, builtin: Mapping[str, str]) -> None:
        self.group = group
        self.noun = noun
        self.builtin = dict(builtin)

    def kinds(self) -> list[str]:
        """Every kind that can be named in a runbook, sorted."""
        return sorted(self._paths())

    def load(self, kind: str) -> type[T]:
        """The class behind `kind`; `ConfigError` names the nearest known kind."""
        paths = self._paths()
        if kind not in paths:
            near = get_close_matches(kind, paths, n=1)
            hint = f' Did you mean "{near[0]}"?' if near else f" Known: {', '.join(sorted(paths))}."
            raise ConfigError(f'there is no {self.noun} of kind "{kind}".{hint}')
        module, _, name = paths[kind].partition(":")
        return cast("type[T]", getattr(import_module(module), name))

    def _paths(self) -> dict[str, str]:
        installed = {point.name: point.value for point in entry_points(group=self.group)}
        return installed | self.builtin
