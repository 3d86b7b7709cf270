"""How requests come in over a connection, and answers go out."""
