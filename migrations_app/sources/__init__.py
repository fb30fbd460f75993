"""Metric sources: turn queries into readings. A source never says PASS or FAIL."""
