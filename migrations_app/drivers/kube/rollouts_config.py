"""What a runbook says about a route through an Argo Rollout."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator, Field, StrictInt, StringConstraints

from migrations_app.domain.plan.base import wrong
from migrations_app.drivers.kube.cluster import Cluster
from migrations_app.drivers.kube.names import Dotted
from migrations_app.drivers.kube.thing import Resource, Thing

RESOURCE: Final = Resource("Rollout", "argoproj.io", "v1alpha1", "rollouts")


def _rising(steps: tuple[int, ...]) -> tuple[int, ...]:
    if list(steps) != sorted(set(steps)) or not steps or steps[-1] != 100:
        raise wrong("`steps` are the weights at which the Rollout rests, rising, the last one 100")
    return steps


Step = Annotated[StrictInt, Field(ge=1, le=100)]
Steps = Annotated[tuple[Step, ...], Field(max_length=50), AfterValidator(_rising)]
Image = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/:@-]{0,499}$")]


class RolloutConfig(Cluster):
    """`green`: the image of GREEN, as in spec.template. `steps`: the weights at which the Rollout
    rests, as its own steps have them (0, before the first, is always one)."""

    rollout: Dotted
    green: Image
    steps: Steps

    @property
    def thing(self) -> Thing:
        return Thing(RESOURCE, self.namespace, self.rollout)
