"""Composition: settings, URLs and processes. Nobody imports this package."""
