"""Unleash: the rollout of one gradual rollout strategy."""
