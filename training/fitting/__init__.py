"""Fit a model: labels, sample weights, boosters, calibration, and their configuration."""
