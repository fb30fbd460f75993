"""Traffic drivers: read a weight, set a weight, read it back. They never decide anything."""
