"""The gateway: its configuration is written from what stands where, and from the same limits as the application's."""
