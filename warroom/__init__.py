"""Composition: settings, URLs and processes. Nobody imports this package."""

from warroom.celery import app as celery_app

__all__ = ["celery_app"]
