"""Password hashes by Argon2id."""
