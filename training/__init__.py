"""Training and evaluation: labels, fit, metrics, plots, backtests."""
