"""Servers that run in a process, and mostly an environment, of their own."""
