"""What carries reads and writes: the client, the turn, the journal, and the commit that several units share."""
