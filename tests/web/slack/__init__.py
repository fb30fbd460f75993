"""Slack as a remote control of a real run."""
