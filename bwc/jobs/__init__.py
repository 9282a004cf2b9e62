"""Durable job rows: the truth about work that is waiting, running, done or dead."""
