"""The I/O: poll, evaluate, shift, reconcile, relay. Never inside a transaction; alone moves traffic."""
