"""What proves who one is."""
