"""Looking after people: finding them, seeing how they stand, ending what acts for them."""
