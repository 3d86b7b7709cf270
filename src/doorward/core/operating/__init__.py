"""What those who run a deployment do, and what is due again and again."""
