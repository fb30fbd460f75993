"""LaunchDarkly: the fallthrough rollout of one flag between two variations."""
