"""New Relic: NRQL over a window of time."""
