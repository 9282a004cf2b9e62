"""The department's release rules as data: facts and packs in, decisions with their reasons out."""
