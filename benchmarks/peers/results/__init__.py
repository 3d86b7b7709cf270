"""What a run found: kept as a file, and shown as a table."""
