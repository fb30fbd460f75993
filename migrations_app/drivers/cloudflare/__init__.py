"""Cloudflare Load Balancing: weights of pools, or of origins in a pool."""
