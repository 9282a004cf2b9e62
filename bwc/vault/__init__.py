"""Object stores behind one protocol: bytes named by their sha256, written once."""
