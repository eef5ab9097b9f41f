"""Scores, reasons, lanes, plans and the release guarantee; the rules baseline and the model registry."""
