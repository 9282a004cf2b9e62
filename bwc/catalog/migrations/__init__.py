"""Alembic migrations of the catalog, and the commands that run them."""
