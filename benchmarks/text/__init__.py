"""Variants of shipping names for the benchmarks of text."""
