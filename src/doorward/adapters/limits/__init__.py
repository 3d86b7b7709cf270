"""Request counters by the limits library."""
