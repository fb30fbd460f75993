"""What a runbook says about a flag in Unleash."""

from __future__ import annotations

from migrations_app.drivers.flags.config import FlagConfig, Key


class UnleashConfig(FlagConfig):
    """`strategy` is the id of the gradual rollout that GREEN's share is written to; whoever gets
    the feature is on GREEN. `token`: of a service account, or a personal one."""

    project: Key = "default"
    feature: Key
    environment: Key
    strategy: Key

    @property
    def flag_path(self) -> str:
        return f"/api/admin/projects/{self.project}/features/{self.feature}"

    @property
    def strategy_path(self) -> str:
        return f"{self.flag_path}/environments/{self.environment}/strategies/{self.strategy}"
