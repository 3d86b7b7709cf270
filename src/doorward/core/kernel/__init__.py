"""The few words that every subject shares."""
