"""What operators see and do, made."""
