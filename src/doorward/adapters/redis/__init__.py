"""Redis, or Valkey: limits and news that instances share. Nothing that must not be lost is kept there."""
