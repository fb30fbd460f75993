"""A source that plays a script, with faults on demand."""
