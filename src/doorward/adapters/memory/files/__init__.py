"""What people give to keep: the records of it."""
