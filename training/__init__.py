"""How it is learned and judged: labels, splits, fit, metrics, plots."""
