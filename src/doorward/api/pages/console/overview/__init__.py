"""What operators look at: the audit log, jobs, keys, locks, settings and health."""
