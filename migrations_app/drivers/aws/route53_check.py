"""What would keep a flip of weighted records from doing what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.errors import SeamError
from migrations_app.domain.finding import Finding
from migrations_app.drivers.aws.route53_config import PROPAGATION_S
from migrations_app.drivers.aws.route53_records import pair
from migrations_app.wire.place import protection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.aws.route53_config import Route53Config
    from migrations_app.drivers.aws.route53_records import Record
    from migrations_app.drivers.aws.route53_zone import Zone
    from migrations_app.wire.deadline import Deadline

_ALIAS_TTL_S = 60  # of an alias to a load balancer; nobody can choose it
_LONG_S = 60


def examine(zone: Zone, config: Route53Config, deadline: Deadline) -> Iterator[Finding]:
    """Everything, up to the first question that is not answered."""
    yield from protection(config, "the weights we read")
    try:
        both = pair(zone.records(deadline), config)
        sentence = f"zone {config.zone_id} answers, and both records are there."
        yield Finding(ok=True, what=config.label, sentence=sentence)
        for record in (both.blue, both.green):
            yield _ttl(record, config)
            yield _health(record)
        yield _slow(config)
        zone.settled(deadline)
    except SeamError as error:
        yield Finding(ok=False, what=config.label, sentence=str(error))


def _ttl(record: Record, config: Route53Config) -> Finding:
    ttl = int(record.get("TTL", _ALIAS_TTL_S))
    sentence = f"its TTL is {ttl} s, as configured."
    if ttl != config.ttl:
        sentence = (
            f"its TTL is {ttl} s and the runbook says {config.ttl} s: the time of a rollback is "
            "reckoned wrongly. Make both records and the runbook say the same."
        )
    return Finding(
        ok=ttl == config.ttl, what=f"TTL of {record['SetIdentifier']}", sentence=sentence
    )


def _health(record: Record) -> Finding:
    watched = "HealthCheckId" in record or record.get("AliasTarget", {}).get("EvaluateTargetHealth")
    sentence = "Route 53 takes it out of its answers when it is unhealthy, whatever its weight."
    if not watched:
        sentence = (
            "it has no health check: Route 53 goes on answering with it when it is dead. That is "
            "no obstacle; the gate's checks have to see it."
        )
    return Finding(ok=True, what=f"health of {record['SetIdentifier']}", sentence=sentence)


def _slow(config: Route53Config) -> Finding:
    whole = config.ttl + PROPAGATION_S
    sentence = (
        f"the last resolver follows up to {whole} s after a change ({PROPAGATION_S} s within Route "
        f"53 and the TTL of {config.ttl} s), some clients later."
    )
    if config.ttl > _LONG_S:
        sentence += f" Lower the TTL to {_LONG_S} s or less, one old TTL before the run."
    return Finding(ok=config.ttl <= _LONG_S, what=f"pace of {config.label}", sentence=sentence)
