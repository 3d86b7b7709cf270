"""The server's own pages: plain forms that work without scripts. Each module answers for the templates of its name."""
