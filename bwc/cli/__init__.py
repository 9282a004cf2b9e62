"""The command line, one file per room."""
