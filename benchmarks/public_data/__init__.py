"""Rows, configurations and trials of the public data sets."""
