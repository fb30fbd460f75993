"""Traefik through a file that it watches, or that it fetches."""
