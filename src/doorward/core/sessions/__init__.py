"""Being remembered: sessions, their refresh tokens and devices."""
