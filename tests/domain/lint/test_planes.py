"""Mirrors: a driver that can, and a share that may end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from migrations_app.domain.capabilities import Capabilities
from migrations_app.domain.errors import ConfigError
from migrations_app.domain.plan.bind import bind
from tests.domain.lint.plans import SEAMS, Fake, Settings, plan, problems

if TYPE_CHECKING:
    from pydantic import BaseModel

MIRROR: dict[str, Any] = {"routes.0.moves": "mirror", "phases.1.weights.web": 0}


class MirrorSettings(Settings):
    moves: str = "share"


class Mirroring(Fake):
    Config: ClassVar[type[BaseModel]] = MirrorSettings
    capabilities: ClassVar[Capabilities] = Capabilities(mirror=True)


class Kinds:
    def load(self, kind: str) -> type[Mirroring]:
        assert kind == "fake"
        return Mirroring


ABLE = replace(SEAMS, drivers=Kinds())


def test_a_mirror_may_go_down_and_ends_at_nothing() -> None:
    assert problems(MIRROR, ABLE) == []


def test_a_switch_may_be_turned_off_again() -> None:
    assert problems({"routes.0.moves": "switch", "phases.1.weights.web": 0}) == []


def test_the_driver_is_told_that_it_moves_a_mirror() -> None:
    bound = bind(plan(MIRROR), "production")
    assert bound.routes["web"].config["moves"] == "mirror"
    assert "moves" not in bind(plan(), "production").routes["web"].config


def test_a_lag_that_cannot_be_told_is_no_problem_of_its_own() -> None:
    def untold(*_: object) -> float:
        raise ConfigError("needs TOKEN", "config")

    assert problems({}, replace(SEAMS, lag=untold)) == []
