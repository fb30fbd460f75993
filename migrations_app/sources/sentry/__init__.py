"""Sentry: one function of the events of a window of time."""
