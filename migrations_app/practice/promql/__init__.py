"""The practice range's own metrics server: scrapes, remembers two hours, and answers the
Prometheus HTTP API for the part of PromQL it knows. What it does not know it refuses by name."""
