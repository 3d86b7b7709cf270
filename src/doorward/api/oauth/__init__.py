"""Where applications come: paths that specifications fix, so they carry no version."""
