"""What runs every part on real machines, written from what stands where: containers, units of systemd, a chart."""
