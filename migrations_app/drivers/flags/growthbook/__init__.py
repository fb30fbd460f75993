"""GrowthBook: the coverage of one rollout rule of a feature."""
