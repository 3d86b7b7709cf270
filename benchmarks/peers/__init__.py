"""Doorward and its peers through the same operations, with the same load: `python -m benchmarks.peers`."""
