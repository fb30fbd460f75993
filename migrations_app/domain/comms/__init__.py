"""Comms, pure: the words of updates, their templates, what must not leave the house, and when."""
