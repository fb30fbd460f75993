"""Real servers from wheels, on the loopback address, as children for the supervisor."""
