"""The inside: what Doorward decides, without I/O, framework, settings or logging."""
