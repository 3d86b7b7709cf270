"""What this machine can do at best: the figures that ours are held against."""
