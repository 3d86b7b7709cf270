"""Looking for viruses with ClamAV."""
