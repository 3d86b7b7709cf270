"""What is kept for people: where its bytes lie, and the flows of it."""
