"""Channels: carry a message to people. Nothing here is ever waited for by a decision."""
