"""What people see and type. The `aws` command reads both records itself and changes nothing in them
but the weight."""

from __future__ import annotations

import json
from shlex import quote
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migrations_app.drivers.aws.route53_config import Route53Config
    from migrations_app.drivers.scale import Parts


def sheet(config: Route53Config, parts: Parts) -> list[str]:
    """One batch for both sides, then its read-back. No I/O."""
    aws = f"aws route53 {{}} {config.cli} --hosted-zone-id {config.zone_id}"
    start = f" --start-record-name {quote(config.name)} --start-record-type {config.type}"
    read = aws.format("list-resource-record-sets") + start + " --max-items 100"
    sides = ((config.blue, parts.blue), (config.green, parts.green))
    upserts = ", ".join(_upsert(config, *side) for side in sides)
    query = f"{{Changes: ResourceRecordSets | [{upserts}][]}}"
    shown = f"ResourceRecordSets[?{_ours(config)}].[SetIdentifier, Weight, TTL]"
    return [
        aws.format("change-resource-record-sets")
        + f' --change-batch "$({read} --output json --query {quote(query)})"',
        f"{read} --output text --query {quote(shown)}",
    ]


def _upsert(config: Route53Config, identifier: str, weight: int) -> str:
    chosen = f"[?{_ours(config)} && SetIdentifier==`{json.dumps(identifier)}`]"
    weighed = f'merge(@, `{{"Weight": {weight}}}`)'
    return f'{chosen}.{{Action: `"UPSERT"`, ResourceRecordSet: {weighed}}}'


def _ours(config: Route53Config) -> str:
    return f"Name==`{json.dumps(config.name)}` && Type==`{json.dumps(config.type)}`"
