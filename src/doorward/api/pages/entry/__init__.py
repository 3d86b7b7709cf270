"""The way in: signing in, registering, and every link that a mail can hold."""
