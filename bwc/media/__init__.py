"""Reading and writing media files: exact time, guarded opening, derivatives."""
