"""Celery carries one task, run_job; the steps of each room hang below it."""
