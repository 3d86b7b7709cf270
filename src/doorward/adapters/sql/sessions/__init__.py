"""Being remembered."""
