"""Users, roles and sessions: who may do what, decided in one place."""
