"""What would keep a flip through an Application Load Balancer from doing what it says."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from migrations_app.domain.duration import spoken
from migrations_app.domain.errors import SeamError
from migrations_app.domain.finding import Finding
from migrations_app.drivers.aws.alb_actions import short, sticky_for, strangers, weights_of
from migrations_app.drivers.aws.alb_plane import SERVES
from migrations_app.wire.place import protection

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from migrations_app.drivers.aws.alb_actions import Action
    from migrations_app.drivers.aws.alb_config import AlbConfig
    from migrations_app.drivers.aws.alb_plane import Alb
    from migrations_app.wire.deadline import Deadline

_OWNERS = ("elbv2.k8s.aws/cluster", "ingress.k8s.aws/resource")


def examine(alb: Alb, config: AlbConfig, deadline: Deadline) -> Iterator[Finding]:
    """Everything, up to the first question that is not answered."""
    yield from protection(config, "the weights we read")
    what = short(config.arn)
    try:
        actions = alb.actions(deadline)
        yield Finding(ok=True, what=what, sentence=f"{config.host} answers and lets us read.")
        yield from _groups(actions, config)
        for group in (config.blue, config.green):
            yield _health(group, alb.health(group, deadline))
        yield _sticky(what, sticky_for(actions))
        yield _owner(what, alb.tags(deadline))
    except SeamError as error:
        yield Finding(ok=False, what=what, sentence=str(error))


def _groups(actions: Sequence[Action], config: AlbConfig) -> Iterator[Finding]:
    there = weights_of(actions)
    for arn in (config.blue, config.green):
        if arn not in there:
            sentence = (
                f"{short(arn)} is not in the forward action. Add it with weight 0, so that AWS "
                "checks its targets before anybody is sent there."
            )
            yield Finding(ok=False, what=short(arn), sentence=sentence)
    for arn in strangers(actions, config):
        sentence = (
            f"{short(arn)} takes traffic too and is neither BLUE nor GREEN: no flip is possible. "
            "Give it weight 0."
        )
        yield Finding(ok=False, what=short(arn), sentence=sentence)


def _health(group: str, states: list[str]) -> Finding:
    well = sum(state in SERVES for state in states)
    if well == len(states) > 0:
        return Finding(ok=True, what=short(group), sentence=f"all of its {well} targets serve.")
    told = ", ".join(sorted(set(states) - SERVES)) or "none is registered"
    sentence = f"{well} of its {len(states)} targets serve; the others: {told}."
    if not well:
        sentence += " Clients sent there get 503: an ALB does not fail over to the other group."
    return Finding(ok=False, what=short(group), sentence=sentence)


def _sticky(what: str, seconds: int) -> Finding:
    if not seconds:
        return Finding(ok=True, what=f"stickiness of {what}", sentence="no client is kept.")
    sentence = (
        f"each client stays for {spoken(timedelta(seconds=seconds))} with the target group that "
        "served it first, also after a rollback to 0 %. Turn the stickiness of target groups off, "
        "or be ready to deregister GREEN's targets."
    )
    return Finding(ok=False, what=f"stickiness of {what}", sentence=sentence)


def _owner(what: str, tags: dict[str, str]) -> Finding:
    if owner := next((tags[key] for key in _OWNERS if key in tags), None):
        sentence = (
            f"the AWS Load Balancer Controller of {owner} owns it and puts its own weights back. "
            "Move the weights in its Ingress, or take this listener out of its hands."
        )
        return Finding(ok=False, what=f"owner of {what}", sentence=sentence)
    return Finding(ok=True, what=f"owner of {what}", sentence="no controller claims it by a tag.")
