"""Evaluation of a model: metrics at capacity, calibration, figures by group, plots."""
