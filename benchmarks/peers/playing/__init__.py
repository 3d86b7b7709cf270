"""What callers do: described once for all peers, gone through once by hand, then played by wrk."""
