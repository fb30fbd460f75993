"""A channel that keeps what it was given, with faults on demand."""
