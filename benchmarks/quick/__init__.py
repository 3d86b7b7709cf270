"""Whether something got slower: the operations that are done most, beside what was kept of them."""
