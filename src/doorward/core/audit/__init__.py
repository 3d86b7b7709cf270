"""What happened: a chain of records that cannot be changed unnoticed."""
