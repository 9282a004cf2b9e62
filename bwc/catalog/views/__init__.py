"""What people read: rows joined into values, one query function per page. Nothing here writes."""
