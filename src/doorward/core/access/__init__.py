"""What one may do."""
