"""What people see and type. The `aws` command reads the list of actions itself and changes nothing
in it but the weights, so that an authentication step or a stickiness survives the night."""

from __future__ import annotations

import json
from shlex import quote
from typing import TYPE_CHECKING

from migrations_app.drivers.aws.alb_actions import short

if TYPE_CHECKING:
    from migrations_app.drivers.aws.alb_config import AlbConfig
    from migrations_app.drivers.scale import Parts

_OTHERS = '[?Type!=`"forward"` && Type!=`"authenticate-oidc"`]'
_OIDC = (
    '[?Type==`"authenticate-oidc"`].merge(@, {AuthenticateOidcConfig: '
    'merge(AuthenticateOidcConfig, `{"UseExistingClientSecret": true}`)})'
)
_STICKY = 'ForwardConfig.TargetGroupStickinessConfig || `{"Enabled": false}`'


def sheet(config: AlbConfig, parts: Parts) -> list[str]:
    """One request for both sides, then its read-back. No I/O."""
    read, write, list_, flag = _words(config)
    query = f"{list_} | [{_OTHERS}, {_OIDC}, {_forward(config, parts)}][]"
    told = f"$({read} --output json --query {quote(query)})"
    shown = f"{list_}[].ForwardConfig.TargetGroups[].[TargetGroupArn, Weight]"
    return [
        f'{write} {flag} "{told}"',
        f"{read} --output text --query {quote(shown)}",
    ]


def change(config: AlbConfig, parts: Parts, now: str) -> str:
    return (
        f"{short(config.arn)}: {short(config.blue)} to {parts.blue}, "
        f"{short(config.green)} to {parts.green} ({now})"
    )


def _words(config: AlbConfig) -> tuple[str, str, str, str]:
    aws = f"aws elbv2 {{}} {config.cli}"
    if config.rule_arn is not None:
        read = aws.format("describe-rules") + f" --rule-arns {config.rule_arn}"
        write = aws.format("modify-rule") + f" --rule-arn {config.rule_arn}"
        return read, write, "Rules[0].Actions", "--actions"
    read = aws.format("describe-listeners") + f" --listener-arns {config.listener_arn}"
    write = aws.format("modify-listener") + f" --listener-arn {config.listener_arn}"
    return read, write, "Listeners[0].DefaultActions", "--default-actions"


def _forward(config: AlbConfig, parts: Parts) -> str:
    pairs = ((config.blue, parts.blue), (config.green, parts.green))
    groups = json.dumps([{"TargetGroupArn": arn, "Weight": weight} for arn, weight in pairs])
    return (
        '[?Type==`"forward"`].{Type: Type, Order: Order || `1`, ForwardConfig: '
        f"{{TargetGroups: `{groups}`, TargetGroupStickinessConfig: {_STICKY}}}}}"
    )
