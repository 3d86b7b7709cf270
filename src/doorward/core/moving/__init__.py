"""Moving house: everything that is kept goes from one store to another, into a backup, or back out of one."""
