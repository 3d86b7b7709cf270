"""What others must be told: written with the change, delivered later."""
