"""What adopters use in their own tests."""
