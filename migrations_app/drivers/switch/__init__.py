"""Our own switch: a small signed contract that any application can speak."""
