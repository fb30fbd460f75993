"""Datadog: metric queries and formulas over a window of time."""
