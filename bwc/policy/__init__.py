"""Release rules as dated, cited data that decide, explain and replay."""
