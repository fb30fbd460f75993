"""Any HTTP address: a number in its JSON or text, its status, its latency."""
