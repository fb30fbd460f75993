"""One name in a hosted zone: what is asked of Route 53 about it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from migrations_app.domain.errors import Transient, UnknownOutcome
from migrations_app.wire.aws import Aws
from migrations_app.wire.aws_refusal import AwsRefusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrations_app.drivers.aws.route53_config import Route53Config
    from migrations_app.drivers.aws.route53_records import Record
    from migrations_app.wire.deadline import Deadline

_PAGE = "100"


class Zone:
    """Remembers the last change it made until Route 53 says that all name servers have it."""

    def __init__(self, config: Route53Config) -> None:
        self._config = config
        self._aws = Aws(config, "route53")
        self._lock = threading.Lock()
        self._spreading: str | None = None

    def records(self, deadline: Deadline) -> list[Record]:
        """Of our name and type, newest writes included."""
        config = self._config
        start = {"StartRecordName": config.name, "StartRecordType": config.type}
        found: list[Record] = []
        while start:
            told = self._aws.ask(
                "list_resource_record_sets", deadline, HostedZoneId=config.zone_id,
                MaxItems=_PAGE, **start,
            )  # fmt: skip
            found += [one for one in told.get("ResourceRecordSets", ()) if _is(one, config)]
            more = told.get("NextRecordName"), told.get("NextRecordType")
            start = (
                {
                    "StartRecordName": config.name,
                    "StartRecordType": config.type,
                    "StartRecordIdentifier": told["NextRecordIdentifier"],
                }
                if more == (config.name, config.type)
                else {}
            )
        return found

    def replace(self, batch: Sequence[dict[str, object]], deadline: Deadline) -> None:
        """All of it or nothing."""
        told = self._aws.change(
            "change_resource_record_sets",
            deadline,
            HostedZoneId=self._config.zone_id,
            ChangeBatch={"Comment": "Warroom", "Changes": batch},
        )
        if "Id" not in told.get("ChangeInfo", {}):
            raise UnknownOutcome("What answered a change is not Route 53. Read it back.")
        with self._lock:
            self._spreading = told["ChangeInfo"]["Id"]

    def settled(self, deadline: Deadline) -> None:
        """`Transient` while our last change is still on its way to their name servers."""
        with self._lock:
            change = self._spreading
        if change is None or self._status(change, deadline) == "INSYNC":
            with self._lock:
                self._spreading = None if self._spreading == change else self._spreading
            return
        raise Transient(
            f"Route 53 has taken the new weights of {self._config.label} and is still telling its "
            "name servers (PENDING)."
        )

    def _status(self, change: str, deadline: Deadline) -> str:
        try:
            told = self._aws.ask("get_change", deadline, Id=change)
        except AwsRefusal as refusal:
            if refusal.code == "NoSuchChange":  # forgotten there, so long done
                return "INSYNC"
            raise
        return str(told.get("ChangeInfo", {}).get("Status"))

    def close(self) -> None:
        self._aws.close()


def _is(record: Record, config: Route53Config) -> bool:
    return (record["Name"].lower(), record["Type"]) == (config.name, config.type)
