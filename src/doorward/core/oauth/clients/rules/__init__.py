"""What a client may be, and how it proves that it is itself: pure functions."""
