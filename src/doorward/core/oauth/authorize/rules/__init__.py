"""What is decided about requests of applications: small pure modules."""
