"""Keeping the whole house safe: backup and restore of catalog, vault and public store."""
