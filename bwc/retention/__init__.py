"""How long footage is kept, and what stops its disposal."""
