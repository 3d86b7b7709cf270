"""Everything in this process: the honest twin of the other stores, for tests and trying out."""
