"""One query set per screen, returned as frozen dataclasses. Nothing here writes."""
