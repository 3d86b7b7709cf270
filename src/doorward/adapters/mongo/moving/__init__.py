"""Moving everything that a database keeps."""
