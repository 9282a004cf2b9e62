"""The desk: where staff redact, review, release and audit."""
