"""Looking at a process that runs, from outside, and showing what was seen."""
