"""The pages about Kubernetes say what the drivers do; their roles are enough, and no more."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from migrations_app.domain.errors import SeamError
from migrations_app.drivers.base import DRIVERS
from tests.drivers.kube_bench import NOWHERE, told
from tests.drivers.kube_kinds import KINDS

if TYPE_CHECKING:
    from tests.fakes.kube_api import KubeApi

PAGES = Path(__file__).parents[2] / "docs" / "drivers"
COMMON = (PAGES / "kubernetes.md").read_text()
ALL, NOTHING = Decimal(100), Decimal(0)
NAMES = sorted({kind.driver for kind in KINDS.values()})
Rights = set[tuple[str, str]]


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def page(name: str) -> str:
    return (PAGES / f"{name}.md").read_text()


def config(name: str) -> dict[str, object]:
    runbook = yaml.safe_load(blocks(page(name), "yaml")[0])
    [route] = runbook["environments"]["production"]["routes"].values()
    assert route["driver"] == name
    return dict(route["config"])


@pytest.mark.parametrize("name", NAMES)
def test_its_break_glass_sheet_is_the_drivers(name: str) -> None:
    cls = DRIVERS.load(name)
    driver = cls(cls.Config.model_validate({**config(name), "url": NOWHERE}))
    [sheet] = blocks(page(name), "sh")
    assert sheet.splitlines() == driver.manual_commands(NOTHING)


@pytest.mark.parametrize("name", NAMES)
def test_every_key_is_on_its_page_or_the_common_one(name: str) -> None:
    told_of = page(name) + COMMON
    assert all(f"`{key}`" in told_of for key in DRIVERS.load(name).Config.model_fields)


@pytest.mark.parametrize("name", NAMES)
def test_every_page_is_found_from_the_common_one_and_says_what_is_unverified(name: str) -> None:
    assert f"[{name}]({name}.md)" in COMMON
    assert "(kubernetes.md)" in page(name)
    assert "Unverified: " in page(name)


def role(name: str) -> Rights:
    """What the page grants to a driver."""
    roles = {one["metadata"]["name"]: one for one in yaml.safe_load_all(blocks(COMMON, "yaml")[0])}
    return {
        (verb, kind_of(resource, group))
        for rule in roles[f"warroom-{name}"]["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def kind_of(resource: str, group: str) -> str:
    """`rollouts/status` of `argoproj.io` as the fake has it: `rollouts.argoproj.io/status`."""
    plural, slash, below = resource.partition("/")
    return f"{plural}.{group}{slash}{below}" if group else resource


def a_night(api: KubeApi, name: str) -> list[object]:
    """Everything a driver does, and what came of it."""
    driver: Any = KINDS[name].build(**told(url=api.url))
    done: list[object] = [(one.ok, one.sentence) for one in driver.check()]
    for weight in (ALL, NOTHING):
        try:
            driver.apply(weight, None)
            done.append(driver.observe().weight)
        except SeamError as error:
            done.append(str(error))
    return done


@pytest.mark.parametrize("name", NAMES)
def test_its_role_is_enough_and_no_more(name: str) -> None:
    with KINDS[name].api() as api:
        without_bounds = a_night(api, name)
    for missing in [None, *sorted(role(name))]:
        with KINDS[name].api() as api:
            api.rights = role(name) - {missing} if missing else role(name)
            assert (a_night(api, name) == without_bounds) == (missing is None), missing
