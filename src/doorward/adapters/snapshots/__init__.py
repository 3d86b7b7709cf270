"""Who stands behind a session, remembered for a moment."""
