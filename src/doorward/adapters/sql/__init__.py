"""The stores that speak SQL: SQLite in a file, and PostgreSQL."""
