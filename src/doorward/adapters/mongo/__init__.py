"""The store on MongoDB: twins of the SQL adapter, on an engine that makes units of work of single updates."""
