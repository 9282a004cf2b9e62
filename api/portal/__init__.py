"""The public's application: it reads the public store and nothing else."""
