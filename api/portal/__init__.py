"""The portal: what the public sees, read from the public store alone."""
