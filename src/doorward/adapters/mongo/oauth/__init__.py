"""What the provider keeps: clients, what they were granted, and what people consented to."""
