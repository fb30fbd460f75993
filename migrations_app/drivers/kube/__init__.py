"""Kubernetes: one small API client, and a driver for each kind of object that moves traffic."""
