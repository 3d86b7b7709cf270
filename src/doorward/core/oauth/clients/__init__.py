"""Looking after the registered clients."""
