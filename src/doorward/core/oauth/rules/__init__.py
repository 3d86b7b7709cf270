"""What is decided about applications: small pure modules, one for each part of the specifications."""
