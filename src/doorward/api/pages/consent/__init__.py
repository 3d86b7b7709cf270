"""Where people meet applications: what one asks for, and the way back to it."""
