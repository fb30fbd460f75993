"""Verbs: one file each, one transaction each, one event each. No HTTP, no driver, no Celery."""
