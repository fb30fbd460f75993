"""A rule or a listener of an Application Load Balancer: what is asked of AWS about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.errors import Permanent, Transient
from migrations_app.drivers.aws.alb_actions import short, weights_of
from migrations_app.wire.aws import Aws

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrations_app.drivers.aws.alb_actions import Action
    from migrations_app.drivers.aws.alb_config import AlbConfig
    from migrations_app.wire.deadline import Deadline

# A target without a health check (a Lambda function) is `unavailable` and serves.
SERVES = frozenset({"healthy", "unavailable"})


class Alb:
    """Where the weights are."""

    def __init__(self, config: AlbConfig) -> None:
        self._config = config
        self._aws = Aws(config, "elbv2")

    def actions(self, deadline: Deadline) -> list[Action]:
        """The whole list, as AWS tells it."""
        rule = self._config.rule_arn
        if rule is not None:
            told = self._aws.ask("describe_rules", deadline, RuleArns=[rule]).get("Rules", [])
            found = [one.get("Actions", []) for one in told]
        else:
            arns = [self._config.listener_arn]
            told = self._aws.ask("describe_listeners", deadline, ListenerArns=arns)
            found = [one.get("DefaultActions", []) for one in told.get("Listeners", [])]
        if len(found) != 1:
            raise Permanent(f"AWS knows no {short(self._config.arn)}: check its ARN and region.")
        return list(found[0])

    def write(self, actions: Sequence[Action], deadline: Deadline) -> None:
        """The whole list, in one request."""
        rule = self._config.rule_arn
        if rule is not None:
            self._aws.change("modify_rule", deadline, RuleArn=rule, Actions=actions)
        else:
            listener = self._config.listener_arn
            self._aws.change(
                "modify_listener", deadline, ListenerArn=listener, DefaultActions=actions
            )

    def health(self, group: str, deadline: Deadline) -> list[str]:
        """The state of each target: `healthy`, `initial`, `unhealthy`, `unused`, `draining`, …"""
        told = self._aws.ask("describe_target_health", deadline, TargetGroupArn=group)
        return [one["TargetHealth"]["State"] for one in told.get("TargetHealthDescriptions", ())]

    def tags(self, deadline: Deadline) -> dict[str, str]:
        """Of the rule or listener."""
        told = self._aws.ask("describe_tags", deadline, ResourceArns=[self._config.arn])
        tags = [tag for one in told.get("TagDescriptions", ()) for tag in one["Tags"]]
        return {tag["Key"]: tag["Value"] for tag in tags}

    def preflight(self, actions: Sequence[Action], deadline: Deadline) -> None:
        """GREEN can serve, or nothing is sent there: an ALB answers 503 for a group without a
        healthy target and sends nothing to the other."""
        green = self._config.green
        if green not in weights_of(actions):
            raise Permanent(
                f"{short(green)} is not in the forward action, so AWS has not checked its targets "
                "yet and clients would get 503. Add it with weight 0 first."
            )
        states = self.health(green, deadline)
        if not SERVES & set(states):
            told = ", ".join(sorted(set(states))) or "it has none"
            raise Transient(
                f"No target of {short(green)} is healthy ({told}): clients sent there get 503."
            )

    def close(self) -> None:
        self._aws.close()
