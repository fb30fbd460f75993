"""The I/O: poll, evaluate, shift, reconcile, relay. Never in a transaction; alone moves traffic."""
