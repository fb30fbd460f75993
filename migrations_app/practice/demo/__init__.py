"""Warroom itself on the practice range: its processes, its people, a plan, and a night."""
