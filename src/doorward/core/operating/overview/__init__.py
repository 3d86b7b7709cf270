"""What operators look at: who is locked out, and what a process has counted."""
