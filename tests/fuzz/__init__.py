"""Mutated messages: `make fuzz` tries ten thousand, the tests a few hundred."""
