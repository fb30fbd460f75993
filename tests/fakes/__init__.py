"""Counterparts that can't be had for real here, held against their vendors' own rules."""
