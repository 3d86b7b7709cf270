"""Our figures beside this machine's limits, measured in the same run: `python -m benchmarks`."""
