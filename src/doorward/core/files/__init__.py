"""What people give us to keep."""
