"""How well a model does: capture at capacity, calibration by group, plots."""
