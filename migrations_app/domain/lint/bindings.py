"""Bindings: kinds that exist, configurations they accept, intervals that make sense."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ValidationError

from migrations_app.domain.envref import references, texts, unknown_references
from migrations_app.domain.errors import ConfigError
from migrations_app.domain.lint.base import error
from migrations_app.domain.plan.explain import place, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

    from migrations_app.domain.lint.base import Case
    from migrations_app.domain.lint.seams import Configured, Kinds
    from migrations_app.domain.plan.plain import JsonObject
    from migrations_app.domain.plan.problem import Loc, Problem

_SHORTEST: Final = timedelta(seconds=1)


def unknown_kind(case: Case) -> Iterator[Problem]:
    """A driver, source or channel that isn't installed."""
    for loc, kinds, kind, _ in bindings(case):
        try:
            kinds.load(kind)
        except ConfigError as wrong:
            yield error(loc, f"In this binding {wrong.message}")


def config_invalid(case: Case) -> Iterator[Problem]:
    """A configuration that its driver, source or channel refuses."""
    for loc, kinds, kind, config in bindings(case):
        try:
            model = kinds.load(kind).Config
        except ConfigError:
            continue  # told by unknown_kind
        for deeper, said in _refusals(model, config):
            yield error((*loc, "config", *deeper), said)


def reference_malformed(case: Case) -> Iterator[Problem]:
    """`${…}` in a configuration that is no `${env:NAME}`."""
    for loc, _, _, config in bindings(case):
        for deeper, text in texts(config):
            for written in unknown_references(text, kinds=["env"]):
                yield error(
                    (*loc, "config", *deeper),
                    f"Nothing fills in {written}: a configuration may hold ${{env:NAME}} only.",
                )


def interval_too_short(case: Case) -> Iterator[Problem]:
    """A source read more often than every second."""
    for loc, environment in case.environments():
        for name, source in environment.sources.items():
            if source.interval < _SHORTEST:
                yield error(
                    (*loc, "sources", name, "interval"),
                    f'The source "{name}" would be read more than once a second: 1s is the least.',
                )


def bindings(case: Case) -> Iterator[tuple[Loc, Kinds[Configured], str, JsonObject]]:
    """Every binding: where it stands, where its kind is looked up, the kind, the configuration."""
    for loc, environment in case.environments():
        for name, route in environment.routes.items():
            yield (*loc, "routes", name), case.seams.drivers, route.driver, route.config
        for name, source in environment.sources.items():
            yield (*loc, "sources", name), case.seams.sources, source.kind, source.config
        for name, channel in environment.channels.items():
            yield (*loc, "channels", name), case.seams.channels, channel.kind, channel.config


def _refusals(model: type[BaseModel], config: JsonObject) -> Iterator[tuple[Loc, str]]:
    """What `model` says against `config`, except where a reference isn't resolved yet."""
    try:
        model.model_validate(config)
    except ValidationError as wrong:
        for one in wrong.errors(include_url=False):
            if not _unresolved(one):
                # Nothing of a configuration is ever repeated: it may be a secret.
                yield place(one), sentence({**one, "input": ""}, model)


def _unresolved(one: ErrorDetails) -> bool:
    structural = one["type"] in {"missing", "extra_forbidden"}
    return not structural and bool(references(one["input"]))
