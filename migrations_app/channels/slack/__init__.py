"""Slack, as a bot."""
