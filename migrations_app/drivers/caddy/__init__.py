"""Caddy through its admin API."""
