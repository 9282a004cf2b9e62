"""What is known: one table per noun, the session, and the migrations."""
