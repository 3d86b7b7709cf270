"""What applications call, at the paths that specifications fix."""
