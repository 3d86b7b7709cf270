"""What an operator may choose, where it is read from, and whether it will do in production."""
