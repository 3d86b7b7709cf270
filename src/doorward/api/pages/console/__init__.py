"""What operators see and do in a browser. Every action asks who acts, and says what will happen before it does."""
