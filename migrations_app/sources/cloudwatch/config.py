"""What a runbook says about CloudWatch: in which region, as whom, and how late its data is."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, ClassVar

from pydantic import Field, StrictInt

from migrations_app.wire.aws_place import AwsPlace
from migrations_app.wire.patience import Patience


class CloudWatchConfig(AwsPlace):
    """`timeout` bounds a whole `read()`, `history_timeout` a whole `history()`.

    `delay`: how long before the moment of reading a window ends, as metrics arrive late.
    """

    service_host: ClassVar[str] = "monitoring.{region}"

    timeout: Patience = timedelta(seconds=5)
    history_timeout: Patience = timedelta(seconds=60)
    delay: Patience = timedelta(minutes=2)
    concurrency: Annotated[StrictInt, Field(ge=1, le=64)] = 8
    max_response_bytes: Annotated[StrictInt, Field(ge=1024)] = 16 * 1024 * 1024
