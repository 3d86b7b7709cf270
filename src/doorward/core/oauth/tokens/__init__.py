"""What applications hold: tokens made, looked at, shown for somebody's claims, and taken back."""
