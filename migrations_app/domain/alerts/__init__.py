"""Alerts that other systems send: read from what came in, and matched with what a plan watches."""
