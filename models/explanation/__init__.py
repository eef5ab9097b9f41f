"""From scores to words: assessment bodies, reasons, and counterfactual corrections."""
