"""Everything that may be used once."""
