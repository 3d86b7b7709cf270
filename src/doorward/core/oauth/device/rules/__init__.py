"""What is decided about devices that ask: small pure modules."""
