"""How long footage stays, and how it is destroyed when it may be."""
