"""What the provider decides: pure functions, one small file a notion."""
