"""What is told of a running house: logs, counts and figures."""
