"""Fuzzing with mutated messages: `make fuzz` runs ten thousand mutations, the tests a few hundred."""
