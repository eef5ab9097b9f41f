"""Explanations of a score: assessment bodies, reasons and their text, counterfactual corrections."""
