"""A plane in memory or in a journal, with faults on demand."""
