"""Weighted records of one name and type: shares, and the batch that replaces them exactly. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from migrations_app.domain.errors import Permanent
from migrations_app.drivers.digest import digest
from migrations_app.drivers.scale import share_of

if TYPE_CHECKING:
    from migrations_app.drivers.aws.route53_config import Route53Config
    from migrations_app.drivers.scale import Parts

Record = Mapping[str, Any]
HALF = Decimal(50)


@dataclass(frozen=True, slots=True)
class Pair:
    """Both records as Route 53 tells them."""

    blue: Record
    green: Record

    @property
    def share(self) -> Decimal:
        """GREEN's share in percent. Route 53 takes turns while both weigh 0."""
        blue, green = self.weights
        share = share_of(blue, green)
        return HALF if share is None else share

    @property
    def weights(self) -> tuple[int, int]:
        return int(self.blue["Weight"]), int(self.green["Weight"])

    @property
    def token(self) -> str:
        return digest([self.blue, self.green])

    def batch(self, parts: Parts) -> list[dict[str, Any]]:
        """Route 53 takes all of it or nothing, and a DELETE only of exactly what is there: so this
        is a compare-and-set on every record that changes."""
        moves = ((self.blue, parts.blue), (self.green, parts.green))
        weighed = [(was, {**was, "Weight": weight}) for was, weight in moves]
        changed = [(was, wanted) for was, wanted in weighed if was != wanted]
        deletes = [{"Action": "DELETE", "ResourceRecordSet": was} for was, _ in changed]
        return deletes + [{"Action": "CREATE", "ResourceRecordSet": now} for _, now in changed]


def pair(records: Sequence[Record], config: Route53Config) -> Pair:
    """The two of ours, where nobody else takes a part."""
    by_id = {record.get("SetIdentifier"): record for record in records}
    for side, identifier in (("BLUE", config.blue), ("GREEN", config.green)):
        if "Weight" not in by_id.get(identifier, {}):
            raise Permanent(
                f"There is no weighted record {config.label} with the set identifier "
                f'"{identifier}" ({side}): create it, with weight 0 if it is GREEN.'
            )
    if others := strangers(records, config):
        raise Permanent(
            f'"{others[0]}" answers for {config.label} too and is neither BLUE nor GREEN, so a '
            "share would not be what it says. Give it weight 0 first."
        )
    return Pair(by_id[config.blue], by_id[config.green])


def strangers(records: Sequence[Record], config: Route53Config) -> list[str]:
    ours = {config.blue, config.green}
    told = [(str(one.get("SetIdentifier")), one.get("Weight")) for one in records]
    return [name for name, weight in told if weight != 0 and name not in ours]
