"""What runs statements: connections, transactions, and the commit that several units of work share."""
