"""What a runbook says about a feature in GrowthBook."""

from __future__ import annotations

from datetime import timedelta

from migrations_app.drivers.flags.config import FlagConfig, Key, Poll, Url


class GrowthBookConfig(FlagConfig):
    """`rule` is the id of the rollout rule whose value is GREEN's. SDKs keep what they have read
    for a minute unless told otherwise, hence `poll`."""

    url: Url = "https://api.growthbook.io/api"
    feature: Key
    environment: Key
    rule: Key
    poll: Poll = timedelta(seconds=60)

    @property
    def path(self) -> str:
        return f"/v2/features/{self.feature}"

    @property
    def draft_path(self) -> str:
        """A change of the rule in a draft made for it."""
        return f"{self.path}/revisions/new/rules/{self.rule}"
