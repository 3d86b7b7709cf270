"""The one table of rate limits."""
