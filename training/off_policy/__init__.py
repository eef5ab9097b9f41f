"""Estimate what another policy would have found: logged decisions, estimators, backtests."""
