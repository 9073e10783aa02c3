"""Search: what officers wrote and received, found by its words, in any of the scripts that the two sides write."""
