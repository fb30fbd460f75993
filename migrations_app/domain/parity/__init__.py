"""Whether two databases hold the same: what can be asked, and what is known so far."""
