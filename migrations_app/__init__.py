"""Warroom's application: plans, runs, verdicts, flips and the live room."""
