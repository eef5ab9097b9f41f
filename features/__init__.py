"""What we observe about a box: catalogue, ledger, profiles."""
