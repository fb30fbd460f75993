"""Lint refuses, before anyone is awake for it, a plan that cannot protect what it moves.

Each rule is one small function that yields sentences; `table` lists them all.
"""
