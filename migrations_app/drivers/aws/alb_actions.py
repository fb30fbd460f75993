"""The actions of a rule or listener: AWS replaces the whole list, so all of it is kept. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from migrations_app.domain.errors import Permanent
from migrations_app.drivers.scale import share_of

if TYPE_CHECKING:
    from migrations_app.drivers.aws.alb_config import AlbConfig
    from migrations_app.drivers.scale import Parts

Action = Mapping[str, Any]
# GREEN's share while every weight is 0: one that confirms no flip, as no plan asks for it.
NOBODYS = Decimal("0.01")


def forward_of(actions: Sequence[Action]) -> Action:
    """The one action that sends requests on."""
    found = [action for action in actions if action.get("Type") == "forward"]
    if len(found) != 1:
        does = ", ".join(str(action.get("Type")) for action in actions) or "nothing"
        raise Permanent(
            f"It has to forward requests to have weights, and does: {does}. Give it a forward "
            "action with both target groups."
        )
    return found[0]


def weights_of(actions: Sequence[Action]) -> dict[str, int]:
    """By ARN of the target group."""
    forward = forward_of(actions)
    groups = forward.get("ForwardConfig", {}).get("TargetGroups")
    if not groups:
        return {forward["TargetGroupArn"]: 1} if "TargetGroupArn" in forward else {}
    return {group["TargetGroupArn"]: group.get("Weight", 1) for group in groups}


def strangers(actions: Sequence[Action], config: AlbConfig) -> list[str]:
    """Target groups that take traffic and are neither BLUE nor GREEN."""
    ours = {config.blue, config.green}
    return [arn for arn, weight in weights_of(actions).items() if weight and arn not in ours]


def known(actions: Sequence[Action], config: AlbConfig) -> dict[str, int]:
    """The weights, where nobody but BLUE and GREEN takes a part."""
    if others := strangers(actions, config):
        raise Permanent(
            f"{short(others[0])} takes traffic too and is neither BLUE nor GREEN, so a share would "
            "not be what it says. Give it weight 0 first."
        )
    return weights_of(actions)


def share(actions: Sequence[Action], config: AlbConfig) -> Decimal:
    weights = known(actions, config)
    told = share_of(weights.get(config.blue, 0), weights.get(config.green, 0))
    return NOBODYS if told is None else told


def with_parts(actions: Sequence[Action], config: AlbConfig, parts: Parts) -> list[Action]:
    """The same list with other weights. A secret that AWS keeps to itself is left as it is."""
    now = known(actions, config)
    wanted = {**now, config.blue: parts.blue, config.green: parts.green}
    groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in wanted.items()]
    return [_changed(action, groups) for action in actions]


def sticky_for(actions: Sequence[Action]) -> int:
    """Seconds for which a client stays with the target group that served it first; 0 = not."""
    told = forward_of(actions).get("ForwardConfig", {}).get("TargetGroupStickinessConfig", {})
    return int(told.get("DurationSeconds", 0)) if told.get("Enabled") else 0


def short(arn: str) -> str:
    """`target group green`, `rule app/web/…`: what people call it."""
    kind, _, rest = arn.rpartition(":")[2].partition("/")
    name = rest.split("/")[0] if kind == "targetgroup" else rest
    return f"{ {'targetgroup': 'target group', 'listener-rule': 'rule'}.get(kind, kind) } {name}"


def _changed(action: Action, groups: list[dict[str, Any]]) -> Action:
    made = deepcopy(dict(action))
    if made.get("Type") == "authenticate-oidc":
        made["AuthenticateOidcConfig"]["UseExistingClientSecret"] = True
    if made.get("Type") == "forward":
        made.pop("TargetGroupArn", None)  # for a single target group only
        made["ForwardConfig"] = {**made.get("ForwardConfig", {}), "TargetGroups": groups}
    return made
