"""What another policy would have found: logged decisions, estimators, and backtests."""
