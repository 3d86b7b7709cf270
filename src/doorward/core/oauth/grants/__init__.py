"""What an application can exchange for tokens: one flow a grant."""
