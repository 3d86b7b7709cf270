"""The entrance of jobs: takes them from the outbox, runs them, and tries again what failed."""
